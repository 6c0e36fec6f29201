//! What is made of answers that a real cloud gives seldom: unreadable, throttled, none at all, many at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use diagnostics::Diagnostic;
use provider::{Limits, Report};

use super::read::look;
use super::settle;
use crate::kind::Kind;
use crate::object::Object;
use crate::resources::ec2::launch_template::LaunchTemplate;
use crate::resources::ec2::subnet::Subnet;
use crate::stub::{Stub, connect};

const NO_SUBNETS: &str = "<DescribeSubnetsResponse><subnetSet/></DescribeSubnetsResponse>";

fn subnet() -> Object {
    let mut object = Object::of([]);
    object.set_text("id", Some("subnet-1"));
    object
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_asked_for_a_few_times_and_then_told() {
    let stub = Stub::answering(|_| {
        (200, "<DescribeSubnetsResponse><subnetSet><item><mapPublicIpOnLaunch>perhaps</mapPublicIpOnLaunch></item></subnetSet></DescribeSubnetsResponse>".into())
    });
    let aws = stub.connect().await;
    let place = aws.place("eu-west-1");
    let waited = settle::until_ready::<Subnet>(&place, subnet(), &Report::silent(), None).await;
    let told = waited.expect_err("an error").diagnostic;
    assert_eq!(told.summary, "Unreadable answer from AWS");
    assert!(told.detail.contains("ec2:DescribeSubnets"), "{}", told.detail);
    assert_eq!(stub.asked().len(), 3);
}

#[tokio::test]
async fn throttling_slows_down_though_the_call_works_in_the_end() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let stub = Stub::answering(|_| {
        match ASKED.fetch_add(1, Ordering::SeqCst) {
        0 => (503, "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Slow</Message></Error></Errors></Response>".into()),
        _ => (200, NO_SUBNETS.into()),
    }
    });
    let aws = stub.connect().await;
    let place = aws.place("eu-west-1");
    let limit = Limits::new(8).of("aws", Some("eu-west-1"));
    let seen = limit.run(look::<Subnet>(&place, &subnet())).await;
    assert!(seen.expect("an answer").is_none());
    assert_eq!((limit.size(), stub.asked().len()), (4, 2));
}

#[tokio::test]
async fn an_endpoint_that_nobody_answers_at_is_named() {
    // The port was free a moment ago, and nobody listens on it any more.
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let endpoint = format!("http://{}", free.local_addr().expect("an address"));
    drop(free);
    let aws = connect(&endpoint).await;
    let looked = look::<Subnet>(&aws.place("eu-west-1"), &subnet()).await;
    let error = looked.map(drop).expect_err("nobody answers");
    let told = Diagnostic::from(error);
    assert_eq!(told.summary, "AWS cannot be reached");
    assert!(told.detail.contains(&endpoint), "{}", told.detail);
}

#[tokio::test]
async fn the_versions_of_many_templates_are_asked_for_together() {
    let stub = Stub::answering(|asks| {
        let item = |id: &str| {
            format!(
                "<item><launchTemplateId>{id}</launchTemplateId><launchTemplateName>{id}</launchTemplateName><versionNumber>7</versionNumber></item>"
            )
        };
        let items = format!("{}{}", item("lt-1"), item("lt-2"));
        match asks.contains("DescribeLaunchTemplateVersions") {
            true => (
                200,
                format!("<R><launchTemplateVersionSet>{items}</launchTemplateVersionSet></R>")
                    .replace("R>", "DescribeLaunchTemplateVersionsResponse>"),
            ),
            false => (
                200,
                format!("<R><launchTemplates>{items}</launchTemplates></R>")
                    .replace("R>", "DescribeLaunchTemplatesResponse>"),
            ),
        }
    });
    let aws = stub.connect().await;
    let wanted = ["lt-1", "lt-2"].map(|id| {
        let mut object = Object::of([]);
        object.set_text("id", Some(id));
        object.set_text("name", Some(id));
        object
    });
    let seen = LaunchTemplate::fetch(&aws.place("eu-west-1"), &wanted).await.expect("templates");
    assert_eq!(seen.iter().map(LaunchTemplate::key).collect::<Vec<_>>(), ["lt-1", "lt-2"]);
    assert_eq!(stub.asked().len(), 2, "{:?}", stub.asked());
}
