'use strict';
// In the fragment, the token is sent to nobody and stands in no log.
const token = location.hash.slice(1);

function show(...wanted) {
  for (const section of document.querySelectorAll('section')) section.hidden = !wanted.includes(section.id);
}

// What the gateway says to it: undefined when it may work later.
async function send(path, type, body) {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: {'Content-Type': type},
      body,
      credentials: 'omit',
    });
    if (answer.ok || (answer.status !== 429 && answer.status < 500)) {
      return {ok: answer.ok, told: answer.status === 204 ? {} : await answer.json()};
    }
  } catch {
    // No answer is like one that says to try again.
  }
  return undefined;
}

// The gateway's answer: null when the link is no good, undefined when it may work later.
async function post(path, type, body) {
  const answer = await send(path, type, body);
  return answer && (answer.ok ? answer.told : null);
}

function ask(path, body) {
  return post(path, 'application/json', JSON.stringify(body));
}

// Another link of the same page, opened in the same window.
addEventListener('hashchange', () => location.reload());

// A phone does not always speak its owner's language.
const languages = document.getElementById('languages');
const choice = languages.querySelector('select');
choice.value = document.documentElement.lang;
choice.addEventListener('change', () => { location.search = `?language=${choice.value}`; });
languages.hidden = false;
