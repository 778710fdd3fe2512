
question(async () => await ask('v1/visit-disputes', {token}), (answer) => answer.visitNumber);
