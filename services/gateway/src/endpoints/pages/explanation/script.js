
function fill(list, sentences) {
  list.replaceChildren(...sentences.map((text) => {
    const item = document.createElement('li');
    item.textContent = text;
    return item;
  }));
}

// As the sentences have it, like RWF 12,000.
const money = (currency, amount) => `${currency} ${amount.replace(/\B(?=(\d{3})+(?!\d))/g, ',')}`;

function row(step, currency) {
  const shown = document.createElement('tr');
  for (const text of [step.because, money(currency, step.after)]) shown.insertCell().textContent = text;
  return shown;
}

function article(line, currency) {
  const shown = document.getElementById('line').content.cloneNode(true);
  const part = (name) => shown.querySelector(name);
  part('.name').textContent = line.quantity === '1' ? line.name : `${line.name} × ${line.quantity}`;
  // What the price list does not know is called by its code.
  part('.code').textContent = line.name === line.code ? line.date : `${line.code} · ${line.date}`;
  fill(part('.summary'), line.summary);
  const reasons = line.refusals ?? [];
  part('.why').hidden = reasons.length === 0;
  fill(part('.reasons'), reasons.map((reason) => `${reason.text} (${reason.code})`));
  // The price, and whatever took something of it.
  const steps = (line.trace ?? []).filter((step) => step.step === 'PRICE' || Number(step.taken) !== 0);
  part('tbody').replaceChildren(...steps.map((step) => row(step, currency)));
  return shown;
}

async function tell() {
  show('wait');
  const answer = await ask('v1/explanations', {token, language: document.documentElement.lang});
  if (!answer) return show(answer === null ? 'unknown' : 'later');
  const told = answer.explanation;
  const texts = {facility: told.facilityName, date: told.serviceDate, number: told.claimNumber, state: told.stateText};
  for (const [id, text] of Object.entries(texts)) document.getElementById(id).textContent = text;
  fill(document.getElementById('summary'), told.summary);
  document.getElementById('lines').replaceChildren(...(told.lines ?? []).map((line) => article(line, told.currency)));
  show('told');
}

document.getElementById('again').addEventListener('click', tell);
if (token) tell(); else show('unknown');
