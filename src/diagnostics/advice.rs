//! How to mend each kind of mistake, for the diagnostics that bring no hint of their own.

/// The advice for a kind of mistake, known by how its summary begins; the longest beginning decides.
pub(crate) fn of(summary: &str) -> Option<&'static str> {
    ADVICE
        .iter()
        .filter(|(beginning, _)| summary.starts_with(beginning))
        .max_by_key(|(beginning, _)| beginning.len())
        .map(|(_, advice)| *advice)
}

/// How a summary begins, and the advice; in the order of the alphabet.
const ADVICE: &[(&str, &str)] = &[
    ("Ambiguous attribute key", "put the key in parentheses, or in quotes when it is a text"),
    ("Argument definition required", "write it as name = value"),
    (
        "Argument or block definition required",
        "write an argument as name = value, a block as name { ... }",
    ),
    (
        "Attempt to get attribute from null",
        "give it a value, or ask first: x == null ? ... : x.name",
    ),
    ("Attempt to index null", "give it a value, or ask first: x == null ? ... : x[key]"),
    ("Attribute redefined", "remove one of the two arguments"),
    ("Backend configuration ignored", "configure the backend in the root module"),
    (
        "Call to unknown function",
        "use a function of the language, or one of those that the provider terraform has",
    ),
    ("Cannot override", "move the block into a file that is no override"),
    ("Condition is null", "write a condition that is true or false"),
    (
        "Configuration for import target",
        "write a block for it, or let `plan -generate-config-out=FILE` write one",
    ),
    ("Cycle", "take one of these references away, or split what holds them in two"),
    ("Data folder is not usable", "choose another data_dir, or mend the permissions of the folder"),
    ("Data folder is used twice", "give each server a data_dir of its own"),
    ("Data source address", "name a resource or a module"),
    ("Duplicate", "remove one of the two, or give it another name"),
    ("Duplicate attribute definition", "remove one of the two"),
    ("Duplicate object key", "remove one of the two"),
    ("Encryption configured in a module", "configure encryption in the root module"),
    (
        "Ephemeral output not allowed",
        "remove ephemeral, or hand the value on in a module's output only",
    ),
    ("Error in function call", "correct the arguments; `artiform console` lets you try the call"),
    ("Extra characters after", "remove them, or join the two with an operator"),
    ("Extraneous JSON object property", "correct the name, or remove the property"),
    ("Extraneous label", "remove the label"),
    ("Failed to read file", "correct the path, or the rights of the file"),
    ("Format of member differs", "leave it out, or declare the virtual with its format"),
    ("Function calls not allowed", "write the value itself, or keep it in a local value"),
    ("Host is not usable", "write an address of this machine, such as 127.0.0.1"),
    ("Hub left out", "list the hub's region too"),
    ("Incompatible refresh options", "leave out one of the two options"),
    (
        "Inconsistent conditional result types",
        "give both results the same type, for instance by tostring, tolist or null",
    ),
    (
        "Incorrect attribute value type",
        "write a value of the type that is named above, or convert one",
    ),
    ("Incorrect condition type", "write a condition that is true or false"),
    ("Incorrect JSON value type", "write the value in the form that is named above"),
    ("Incorrect key type", "use a text or a number as the key"),
    (
        "Instance cannot be destroyed",
        "set prevent_destroy = false and apply that first, if it is to go",
    ),
    ("Insufficient blocks", "add the block"),
    ("Invalid", "correct it as said above"),
    ("Invalid \"count\" attribute", "write count.index"),
    ("Invalid \"each\" attribute", "write each.key or each.value"),
    ("Invalid \"on_failure\" keyword", "write fail or continue"),
    ("Invalid \"path\" attribute", "write path.module, path.root or path.cwd"),
    ("Invalid \"self\" reference", "name the resource by its address instead"),
    ("Invalid \"terraform\" attribute", "write terraform.workspace"),
    ("Invalid \"when\" keyword", "write create or destroy"),
    ("Invalid 'for'", "write [for x in xs : x], or {for k, v in m : k => v}"),
    ("Invalid argument name", "write the name without quotes"),
    ("Invalid attribute name", "write a name after the dot, or an index in brackets"),
    (
        "Invalid block definition",
        "write the block as name \"label\" { ... }, with its contents on lines of their own",
    ),
    ("Invalid character", "remove the character, or put it in a quoted text"),
    ("Invalid character encoding", "save the file as UTF-8"),
    ("Invalid combination of \"count\" and \"for_each\"", "keep one of the two"),
    ("Invalid condition", "write a condition that is true or false"),
    ("Invalid count argument", "give a whole number that is known when planning"),
    ("Invalid default value", "give a default of the variable's type, or change the type"),
    (
        "Invalid depends_on reference",
        "name resources and modules only, such as [aws_vpc.main, module.site]",
    ),
    ("Invalid dynamic", "write dynamic \"NAME\" { for_each = ..., content { ... } }"),
    (
        "Invalid escape sequence",
        "write \\\\ for a backslash; the escapes are \\n \\r \\t \\\" \\\\ \\uNNNN \\UNNNNNNNN",
    ),
    ("Invalid expanding argument", "write a list, set or tuple before the three dots"),
    ("Invalid expression", "write a value here: a text in quotes, a number, a reference or a call"),
    (
        "Invalid for_each argument",
        "give a map or a set of texts whose keys are known when planning; toset([...]) makes one of a list",
    ),
    ("Invalid function argument", "correct the argument; `artiform console` lets you try the call"),
    ("Invalid import id", "write the id that the thing has in the world"),
    ("Invalid index", "use an index that exists; keys() and length() tell which do"),
    ("Invalid legacy variable", "write the type without quotes, such as string or list(string)"),
    ("Invalid module version", "remove the argument version"),
    ("Invalid multi-line string", "close the quote on its line, or use a heredoc: <<EOT"),
    ("Invalid number literal", "write the number in digits, such as 1, 1.5 or 1e3"),
    ("Invalid object key", "write a name, a quoted text, or an expression in parentheses"),
    ("Invalid operand", "give the operator values of its type; tonumber and tobool convert"),
    ("Invalid prevent_destroy", "write true or false"),
    ("Invalid provider configuration reference", "write the provider's name, or NAME.ALIAS"),
    ("Invalid provisioner block", "write when = destroy, and name a resource"),
    ("Invalid quoted type", "write the type without quotes"),
    (
        "Invalid reference",
        "write a whole reference, such as var.name, local.name or type.name.attribute",
    ),
    ("Invalid reference in precondition", "ask after the fact, in a postcondition, by self"),
    (
        "Invalid reference in replace_triggered_by",
        "name a managed resource or one of its attributes",
    ),
    ("Invalid reference from destroy provisioner", "keep it in the resource, and write self.NAME"),
    ("Invalid region", "name a region that the stack declares"),
    (
        "Invalid replace_triggered_by",
        "refer to a resource, or put the value into a terraform_data resource and refer to that",
    ),
    ("Invalid required_providers", "write name = { source = \"...\", version = \"...\" }"),
    ("Invalid single-argument block", "write each argument on a line of its own"),
    ("Invalid string literal", "write a plain text in quotes, without ${ }"),
    ("Invalid template control keyword", "use if, else, endif, for or endfor"),
    (
        "Invalid template directive",
        "write %{ if ... }, %{ for x in xs }, %{ else }, %{ endif } or %{ endfor }",
    ),
    (
        "Invalid template interpolation value",
        "convert the value to a text, for instance by join or jsonencode",
    ),
    ("Invalid topology name", "use letters, digits, _ and - only, and a letter first"),
    (
        "Invalid type specification",
        "use string, number, bool, any, list(...), set(...), map(...), object({...}) or tuple([...])",
    ),
    ("Invalid value", "change the value as said above"),
    ("Invalid variable name", "choose a name that starts with a letter and that is not reserved"),
    ("Invalid variable validation condition", "refer to the variable in its condition"),
    ("Invalid version constraint", "write a constraint such as \">= 1.2, < 2.0\""),
    ("Iteration over", "give a list, set, map or object; coalesce() stands in for null"),
    (
        "local-exec provisioner error",
        "mend the command, or pass the failure over with on_failure = continue",
    ),
    ("Missing", "add what is missing"),
    ("Missing argument separator", "put a comma between the arguments"),
    (
        "Missing attribute separator",
        "put each attribute on a line of its own, or a comma between them",
    ),
    ("Missing attribute value", "write key = value"),
    ("Missing close bracket", "close it with ]"),
    ("Missing closing parenthesis", "close it with )"),
    ("Missing content block", "add content { ... }"),
    ("Missing expression", "write a value here"),
    ("Missing false expression", "write condition ? one : other"),
    ("Missing function name", "write the function's name after ::"),
    ("Missing item separator", "put a comma between the items, or close the list with ]"),
    ("Missing key/value separator", "write key = value"),
    ("Missing map element", "use a key that the map has, or lookup(map, key, default)"),
    ("Missing module instance key", "name the instance in brackets"),
    ("Missing newline after", "begin a new line here"),
    ("Missing open parenthesis", "write the arguments in parentheses"),
    ("Missing required argument", "add the argument"),
    ("Missing resource instance key", "name the instance in brackets, or all of them: [*]"),
    ("Module cycle", "let one of the modules take what it needs as a variable instead"),
    ("Module instance keys", "name the whole module, without a key"),
    ("Moved object still exists", "remove the moved block, or the block at its old address"),
    ("Nested splat expression", "use a for expression"),
    ("Nesting too deep", "give a part of it a name, such as a local value"),
    ("No configuration files", "name a folder that holds .hcl or .tf files"),
    (
        "No value for required variable",
        "give it by -var, in a .tfvars file, or give the variable a default",
    ),
    ("Not enough function arguments", "add the arguments that are missing"),
    ("Null condition", "write a condition that is true or false"),
    ("Null value as key", "leave null keys out: for k, v in m : k => v if k != null"),
    ("Output refers to sensitive values", "add sensitive = true to the output"),
    ("Port is not permitted", "choose a port from 1024 up"),
    ("Port is used twice", "give one of the two servers another port"),
    ("Postconditions are not allowed", "write a precondition, which may refer to the same values"),
    (
        "Provider configuration not present",
        "keep the provider's configuration until what it made is destroyed",
    ),
    ("Provider is not configured", "add a provider block"),
    ("Quoted keywords are deprecated", "remove the quotes"),
    ("Quoted references are deprecated", "remove the quotes"),
    ("Redundant move statement", "remove the moved block"),
    ("Reference to \"count\"", "set count on this block, or write the value itself"),
    ("Reference to \"each\"", "set for_each on this block, or write the value itself"),
    (
        "Reference to undeclared input variable",
        "declare it by a variable block, or correct the name",
    ),
    ("Reference to undeclared local value", "declare it in a locals block, or correct the name"),
    ("Reference to undeclared module", "declare it by a module block, or correct the name"),
    ("Reference to undeclared name", "declare it, or correct the name"),
    ("Reference to undeclared resource", "declare it by a block of its own, or correct the name"),
    ("Reference to undeclared topology", "declare it by a topology block, or correct the name"),
    (
        "Region declared in a module",
        "declare regions in the root module, and hand them to modules as variables",
    ),
    ("Region without server", "add the region to servers, or leave it out of regions"),
    ("Removed resource still exists", "remove the removed block, or the resource"),
    ("Repository name taken", "rename one of the two"),
    (
        "Required variable not set",
        "give it by -var, in a .tfvars file, or give the variable a default",
    ),
    ("Reserved", "choose another name"),
    ("Resource instance keys", "name the whole resource, without a key"),
    ("Resource instance keys not allowed", "name the whole resource, without brackets"),
    ("Resource type is not available", "correct the name, or use a build that has this provider"),
    ("Root value must be object", "write { ... } around the content of the file"),
    ("Self-referencing local", "give one of the two another name"),
    ("Self-referential block", "refer to something else, or to self in a postcondition"),
    ("Splat of null value", "give it a value, or ask first: x == null ? [] : x[*]"),
    ("Too many blocks", "keep as many as are allowed"),
    ("Too many function arguments", "remove the arguments that are too many"),
    ("Unbalanced parentheses", "close the parenthesis with )"),
    ("Unclosed comment", "end the comment with */"),
    ("Unclosed configuration block", "close the block with }"),
    ("Unclosed template interpolation", "close it with }; write $${ for a literal ${"),
    ("Unexpected", "write an argument, as name = value"),
    ("Unexpected comma after argument", "remove the comma: arguments stand on lines of their own"),
    (
        "Unexpected end of template",
        "close what is open, for instance with %{ endif } or %{ endfor }",
    ),
    ("Unexpected resource instance key", "remove the brackets"),
    ("Unicode property not found", "use a property that the syntax of regular expressions has"),
    ("Unknown member of a virtual repository", "name a repository or remote of this topology"),
    (
        "Unknown provider function",
        "use a function of the language, or one of those that the provider terraform has",
    ),
    ("Unknown topology kind", "write kind = \"mesh\" or kind = \"star\""),
    ("Unknown variable", "correct the name, or declare the variable"),
    ("Unreadable", "correct the path, or the rights of the folder"),
    ("Unsuitable value type", "write a value of the type that is named above, or convert one"),
    ("Unsupported argument", "remove it, or write the name of an argument that this block has"),
    (
        "Unsupported Terraform Core version",
        "change required_version, or move what speaks of artiform into a stack block",
    ),
    ("Unsupported artiform version", "use a version of artiform that the stack admits"),
    ("Unsupported attribute", "use an attribute that it has"),
    ("Unsupported backend type", "use the backend \"local\""),
    ("Unsupported block type", "remove it, or write the name of a block that belongs here"),
    ("Unsupported operator", "use && || ! for conditions"),
    ("Unterminated function call", "close the call with )"),
    ("Unterminated object", "close the object with }"),
    ("Unterminated string literal", "close the text with \""),
    (
        "Unterminated template string",
        "close the text with \", a heredoc with its marker on a line of its own",
    ),
    ("Unterminated tuple", "close the list with ]"),
    ("Value for unconfigurable attribute", "remove the argument"),
    ("Value for undeclared variable", "declare the variable, or remove the value"),
    ("Variables not allowed", "write the value itself"),
    ("Zero assert blocks", "write an assert block with a condition and an error_message"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_beginning_decides() {
        assert_eq!(of("Duplicate object key"), Some("remove one of the two"));
        assert_eq!(
            of("Duplicate resource \"a\" configuration"),
            Some("remove one of the two, or give it another name")
        );
        assert_eq!(of("Nothing of the kind"), None);
    }

    #[test]
    fn kinds_stand_once() {
        let mut seen = std::collections::HashSet::new();
        for (beginning, _) in ADVICE {
            assert!(seen.insert(beginning), "{beginning:?} stands twice");
        }
    }
}
