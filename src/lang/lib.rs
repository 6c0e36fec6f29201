//! The language: values, types, expressions, functions and addresses. Pure.
