//! Sign the joint test for the caller's side.

use careway_contract::channels::v1::{SignJointTestRequest, SignJointTestResponse};
use careway_kernel::JointTestId;
use careway_service::{Call, Error, Keyed, OrganizationKind, path_id};

use super::{
    change::Change,
    domain::joint_test::{Side, Signature},
    view,
};
use crate::App;

pub(crate) async fn sign_joint_test(
    app: &App,
    call: &Call,
    request: SignJointTestRequest,
) -> Keyed<SignJointTestResponse> {
    call.caller.account()?;
    let id: JointTestId = path_id("test", &request.test_id)?;
    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    if change.connection.test.as_ref().is_none_or(|test| test.id != id) {
        return Err(Error::not_found("test").into());
    }
    let as_channel = call.caller.kind() == Some(OrganizationKind::Channel);
    let side = if as_channel { Side::Channel } else { Side::Provider };
    let signature = Signature { by: call.caller.subject.to_string(), at: tx.now() };
    change.connection.sign_test(side, signature)?;
    let connection = change.keep_by(&mut tx, call, "sign-test", String::new()).await?;
    tx.commit(SignJointTestResponse { connection: Some(view::connection(&connection)) }).await
}
