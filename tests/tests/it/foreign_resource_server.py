"""A resource server: it knows the issuer's address and nothing else, and says what it finds there and in tokens.

python -c … <issuer> <token>…
"""

import json
import sys
import urllib.request

import jwt
from authlib.oauth2.rfc6750 import InsufficientScopeError, InvalidTokenError
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from joserfc.jws import JWSRegistry

# Authlib's part for signatures takes `EdDSA` (RFC 8037) only from who asks for it, since RFC 9864 has newer names.
JWSRegistry.recommended.append("EdDSA")

AUDIENCE = "careway-api"

# The issuer is on this machine, whatever proxy the machine has.
urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))


def fetch(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


class Validator(JWTBearerTokenValidator):
    def get_jwks(self):
        return fetch(metadata["jwks_uri"])


def by_authlib(token, scope, issuer, audience=AUDIENCE):
    validator = Validator(issuer=issuer, resource_server=audience)
    claims = validator.authenticate_token(token)
    validator.validate_token(claims, [scope], request=None)
    return dict(claims)


def by_pyjwt(token):
    key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(token)
    required = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"]
    options = {"require": required}
    return jwt.decode(token, key, algorithms=["EdDSA"], audience=AUDIENCE, issuer=issuer, options=options)


def refusal(*asked, **otherwise):
    try:
        by_authlib(*asked, **otherwise)
    except (InsufficientScopeError, InvalidTokenError) as error:
        return error.error
    return None


issuer, tokens = sys.argv[1], sys.argv[2:]
metadata = AuthorizationServerMetadata(fetch(get_well_known_url(issuer, external=True)))
metadata.validate()


def verified(token):
    head, claims, signature = token.split(".")
    forged = ".".join([head, claims, signature[:8] + ("B" if signature[8] == "A" else "A") + signature[9:]])
    return {
        "authlib": by_authlib(token, "visits.read", metadata["issuer"]),
        "pyjwt": by_pyjwt(token),
        "refused": {
            "scope": refusal(token, "keys.rotate", metadata["issuer"]),
            "issuer": refusal(token, "visits.read", "careway"),
            "audience": refusal(token, "visits.read", metadata["issuer"], audience="another-api"),
            "signature": refusal(forged, "visits.read", metadata["issuer"]),
        },
    }


print(json.dumps({"issuer": metadata["issuer"], "tokens": [verified(token) for token in tokens]}))
