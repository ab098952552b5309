look 'https://acme.okta.com/api/v1/apps?limit=200&q=it%27s+%24%7BAPP_ID%7D' 'it'\''s ${APP_ID}'

send '1. create the app "it'\''s ${APP_ID}" with its key' \
	--request POST \
	--header 'Content-Type: application/json' \
	--data-raw '{"label":"it'\''s ${APP_ID}","name":"oidc_client","signOnMode":"OPENID_CONNECT","credentials":{"oauthClient":{"autoKeyRotation":true,"pkce_required":false,"token_endpoint_auth_method":"private_key_jwt"}},"settings":{"oauthClient":{"application_type":"service","grant_types":["client_credentials"],"response_types":["token"],"consent_method":"TRUSTED","issuer_mode":"ORG_URL","wildcard_redirect":"DISABLED","dpop_bound_access_tokens":false,"jwks":{"keys":[{"kty":"RSA","kid":"TeLVljeJoJSaNsZT2lsOtn87J96mjZ_OrLTYL95H5xE","use":"sig","alg":"RS256","n":"wGnuP1uPh8lVze9MgVWkMoIrNVzzn_XiSwpRdq_RbYyw2S4cQPHNW0sVXhYJ0BLxOUkK3Fkqmxs0qCVxDe7_LMh3Vqw9o60i_u3fHyxgeokyZ1AsK0PWZEEiMsIt_cX99gUFGHtthsm4XWWA_gwXBolKCCW_8XNiJR1Eh9Py1N_ZKelsSngQeFUpQk1Q5KVKupj5WNtl-p6xmhQiNw0Un1FETg_vbXhQk43OxsOqdc69m6xyaP-fy_h2_5ZFQDHL63T3zr-c9FBNFIOajeOyPWsEa7Z8PfGFcappbpQ35WAuRJ6ljH_KPpuGoZZq72xqNtzHDfgB3sgBY7fARKy_Aw","e":"AQAB","status":"ACTIVE"}]}}},"visibility":{"hide":{"iOS":true,"web":true}}}' \
	'https://acme.okta.com/api/v1/apps?activate=true'
APP_ID=$(field id)
need APP_ID "$APP_ID"
CLIENT_ID=$(field client_id)
need CLIENT_ID "$CLIENT_ID"
IAM_ORN=$(iam_orn)
need IAM_ORN "$IAM_ORN"

send '2. assign the role READ_ONLY_ADMIN' \
	--request POST \
	--header 'Content-Type: application/json' \
	--data-raw '{"type":"READ_ONLY_ADMIN"}' \
	'https://acme.okta.com/oauth2/v1/clients/'"${CLIENT_ID}"'/roles'

send '3. create the custom role IAM reader with the permission okta.iam.read' \
	--request POST \
	--header 'Content-Type: application/json' \
	--data-raw '{"label":"it'\''s ${APP_ID} ('"${CLIENT_ID}"') IAM reader","description":"Shows who holds admin roles to the app it'\''s ${APP_ID}","permissions":["okta.iam.read"]}' \
	'https://acme.okta.com/api/v1/iam/roles'
IAM_ROLE_ID=$(field id)
need IAM_ROLE_ID "$IAM_ROLE_ID"

send '4. create a resource set of the org'\''s roles, resource sets and admin assignments' \
	--request POST \
	--header 'Content-Type: application/json' \
	--data-raw '{"label":"it'\''s ${APP_ID} ('"${CLIENT_ID}"') IAM reader","description":"The org'\''s roles, resource sets and admin assignments, for the app it'\''s ${APP_ID}","resources":["'"${IAM_ORN}"'"]}' \
	'https://acme.okta.com/api/v1/iam/resource-sets'
IAM_RESOURCE_SET_ID=$(field id)
need IAM_RESOURCE_SET_ID "$IAM_RESOURCE_SET_ID"

send '5. give the app the custom role IAM reader over the resource set' \
	--request POST \
	--header 'Content-Type: application/json' \
	--data-raw '{"role":"'"${IAM_ROLE_ID}"'","members":["https://acme.okta.com/oauth2/v1/clients/'"${CLIENT_ID}"'"]}' \
	'https://acme.okta.com/api/v1/iam/resource-sets/'"${IAM_RESOURCE_SET_ID}"'/bindings'

send '6. grant the scope okta.logs.read' \
	--request POST \
	--header 'Content-Type: application/json' \
	--data-raw '{"scopeId":"okta.logs.read","issuer":"https://acme.okta.com"}' \
	'https://acme.okta.com/api/v1/apps/'"${APP_ID}"'/grants'

send '7. grant the scope okta.users.read' \
	--request POST \
	--header 'Content-Type: application/json' \
	--data-raw '{"scopeId":"okta.users.read","issuer":"https://acme.okta.com"}' \
	'https://acme.okta.com/api/v1/apps/'"${APP_ID}"'/grants'

# 8. get an access token. Not by hand: it needs an assertion that is signed with the private key of TeLVljeJoJSaNsZT2lsOtn87J96mjZ_OrLTYL95H5xE for client ${CLIENT_ID}, and that lives for minutes and can be used once: a program makes it.
# POST https://acme.okta.com/oauth2/v1/token
# client_assertion=${CLIENT_ASSERTION}&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&grant_type=client_credentials&scope=okta.logs.read+okta.users.read

finish
