let needsPassword = true;
choose('v1/invitations/accept', () => needsPassword);
async function open() {
  const answer = token && await ask('v1/invitations/show', {token});
  if (!answer) return show(answer === undefined ? 'later' : 'unknown');
  needsPassword = answer.needsPassword;
  document.getElementById('organization').textContent = answer.organizationName;
  document.getElementById('email').value = answer.email;
  document.getElementById('choose').hidden = !needsPassword;
  document.getElementById('known').hidden = needsPassword;
  show('ask');
}
open();
