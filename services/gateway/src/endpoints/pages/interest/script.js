const button = document.getElementById('confirm');
button.addEventListener('click', async () => {
  button.disabled = true;
  const answer = await ask('v1/interest-forms/confirm', {token});
  button.disabled = false;
  if (!answer) return answer === null ? show('unknown') : show('ask', 'later');
  history.replaceState(null, '', location.pathname);
  // Without the token the page can only be read, not asked for again.
  languages.hidden = true;
  show('done');
});
show(token ? 'ask' : 'unknown');
