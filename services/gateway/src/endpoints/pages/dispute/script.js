
'use strict';
// In the fragment, the token is sent to nobody and stands in no log.
const token = location.hash.slice(1);

function show(...wanted) {
  for (const section of document.querySelectorAll('section')) section.hidden = !wanted.includes(section.id);
}

async function dispute() {
  try {
    const answer = await fetch('v1/visit-disputes', {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({token}),
      credentials: 'omit',
    });
    if (answer.ok) {
      document.getElementById('visit').textContent = (await answer.json()).visitNumber ?? '';
      history.replaceState(null, '', location.pathname);
      return show('done');
    }
    if (answer.status !== 429 && answer.status < 500) return show('unknown');
  } catch {
    // No answer is like one that says to try again.
  }
  show('ask', 'later');
}

const button = document.getElementById('confirm');
button.addEventListener('click', async () => {
  button.disabled = true;
  await dispute();
  button.disabled = false;
});
show(token ? 'ask' : 'unknown');
