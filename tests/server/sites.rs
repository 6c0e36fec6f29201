//! Two sites of the quickstart on ports of their own.

use std::time::Duration;

use testkit::{Project, Site, port, processes};

/// What arrives at the other site arrives within this time.
pub const SECOND: Duration = Duration::from_secs(1);

/// What has to wait for a site that was down.
pub const CATCH_UP: Duration = Duration::from_secs(45);

/// The applied quickstart.
pub struct Sites {
    pub project: Project,
    pub east: Site,
    pub west: Site,
}

impl Sites {
    /// Applies a copy of `stacks/quickstart`.
    pub fn start() -> Self {
        Self::edited(|main| main)
    }

    /// Applies a copy of `stacks/quickstart` with another main file.
    pub fn edited(edit: impl FnOnce(String) -> String) -> Self {
        let (east, west) = (port::free(), port::free());
        let project = Project::quickstart((east, west), edit);
        project.apply().expect_code(0);
        let password = project.output("admin_password");
        let site = |port| Site { port, user: "admin".into(), password: password.clone() };
        Self { east: site(east), west: site(west), project }
    }

    /// Another site of the same stack.
    pub fn site(&self, port: u16) -> Site {
        Site { port, ..self.east.clone() }
    }

    /// Changes the main file.
    pub fn edit(&self, edit: impl FnOnce(String) -> String) {
        let file = "stacks/quickstart/main.hcl";
        self.project.write(file, &edit(self.project.read(file)));
    }

    /// Kills the server of a region at once.
    #[track_caller]
    pub fn kill(&self, region: &str) {
        let pids =
            processes::servers(&self.project.path().join("state/quickstart/sites").join(region));
        assert_eq!(pids.len(), 1, "one server of {region}");
        processes::kill(pids[0]);
    }
}
