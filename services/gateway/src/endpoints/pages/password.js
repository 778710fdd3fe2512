const password = document.getElementById('password');
document.getElementById('shown').addEventListener('change', (event) => {
  password.type = event.target.checked ? 'text' : 'password';
});

// Gives the password with the token to an address; without a password where none is asked for.
function choose(path, isAsked = () => true) {
  const form = document.getElementById('form');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const length = [...password.value].length;
    if (isAsked() && (length < 12 || length > 128)) return refuse('short');
    const button = form.querySelector('button');
    button.disabled = true;
    const answer = await send(path, 'application/json', JSON.stringify(isAsked() ? {token, password: password.value} : {token}));
    button.disabled = false;
    if (!answer) return show('ask', 'later');
    if (!answer.ok) return answer.told.violations?.some(({field}) => field === 'password') ? refuse('common') : show('unknown');
    history.replaceState(null, '', location.pathname);
    // Without the token the page can only be read, not asked for again.
    languages.hidden = true;
    show('done');
  });
}

function refuse(reason) {
  show('ask', reason);
  password.setAttribute('aria-invalid', 'true');
  password.focus();
}
