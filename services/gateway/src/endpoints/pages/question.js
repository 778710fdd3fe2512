
// The button does it, once; what came of it is shown, and its number if it has one.
function question(act, number = () => '') {
  const button = document.getElementById('confirm');
  button.addEventListener('click', async () => {
    button.disabled = true;
    const answer = await act();
    button.disabled = false;
    if (!answer) return answer === null ? show('unknown') : show('ask', 'later');
    document.getElementById('number').textContent = number(answer) ?? '';
    history.replaceState(null, '', location.pathname);
    // Without the token the page can only be read, not asked for again.
    languages.hidden = true;
    show('done');
  });
  show(token ? 'ask' : 'unknown');
}
