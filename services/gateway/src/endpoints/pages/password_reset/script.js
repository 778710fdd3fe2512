choose('v1/password-resets/complete');
show(token ? 'ask' : 'unknown');
