package oktatest

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"sync"
)

// signingKeyTime is when the certificate of the signing key was made and when it
// ends, as the API shows them.
const (
	signingKeyTime = "2026-11-27T16:00:22.000Z"
	signingKeyEnd  = "2036-11-24T16:00:22.000Z"
)

// signingCertificate is the self-signed certificate of the key that Okta signs
// assertions and ID tokens with. Nobody has the private key.
const signingCertificate = "" +
	"MIID+zCCAuOgAwIBAgIUbfdWQ6Cr/8Q3PINLWG4csjeEUjAwDQYJKoZIhvcNAQELBQAwgYwxCzAJBgNVBAYTAlVTMRMwEQYDVQQI" +
	"DApDYWxpZm9ybmlhMRYwFAYDVQQHDA1TYW4gRnJhbmNpc2NvMQ0wCwYDVQQKDARPa3RhMRQwEgYDVQQLDAtTU09Qcm92aWRlcjEN" +
	"MAsGA1UEAwwEYWNtZTEcMBoGCSqGSIb3DQEJARYNaW5mb0Bva3RhLmNvbTAeFw0yNjExMjcxNjAwMjJaFw0zNjExMjQxNjAwMjJa" +
	"MIGMMQswCQYDVQQGEwJVUzETMBEGA1UECAwKQ2FsaWZvcm5pYTEWMBQGA1UEBwwNU2FuIEZyYW5jaXNjbzENMAsGA1UECgwET2t0" +
	"YTEUMBIGA1UECwwLU1NPUHJvdmlkZXIxDTALBgNVBAMMBGFjbWUxHDAaBgkqhkiG9w0BCQEWDWluZm9Ab2t0YS5jb20wggEiMA0G" +
	"CSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDlfnjO7SnB2H+PFJFxqhL5uWqB9iEWmf0olN3vJtElVEvOJF2sFU/14pKJTu+Jsqty" +
	"vvF6na709Gy6JOIcTGTHJxf1kac9PuwrH8NSkA0AuDPFXZHRdxdXal8RS4H3GmfHWSTbN4LuW4ayhTQtd0NtC8BjLfGHzhwzn+Ng" +
	"jRcwXZa6Sp7hzsAI2JnjP4YxQeLeNZsZKZAcYirW1RLSmsn9cf0K5QN0K+KxjvXozPFu+iMs/Nar5hZhmSYq6y7igue2PG2Ehg1m" +
	"aEo8FoEJ/WakiPFKr1vQ5I2aOhDSbvQBbxMQIuahzyDPMMsh0LtEhP1I/NRNXs1gMsjscejap8HZAgMBAAGjUzBRMB0GA1UdDgQW" +
	"BBS0COYr99W/jKk+G1kDqBwgrDLefjAfBgNVHSMEGDAWgBS0COYr99W/jKk+G1kDqBwgrDLefjAPBgNVHRMBAf8EBTADAQH/MA0G" +
	"CSqGSIb3DQEBCwUAA4IBAQCqGyKjsWgMGpZqYoFNhfjuNKZCCFIiha/uYHSn/RrhkVZIvezA+QQ6E2efYAyAYQ/2uvkn63uyFZF/" +
	"PHWF9wdWns5ymd9kn3as3LMi031VP8jRTAAc73t6q5l/sZ47l6fpTo0U7VUMjucY/7izeN9nllQk40IJODvEBJD2oyACumEJIauK" +
	"ItSNshUL8qcOVyA4clX+/yM0CX0kpLE0V08gGd8KbCaGJkc6v13221A9TY8cPFLiQJBoU9hvhWIAjoy1Lfz+tR8AA2DiRzpV4pJ+" +
	"OKIeasAQ7Vtx8Y0ScR7bvcExivgxRstCIglMX8cKQUOAf/xwMAM4d8HbIiXL27yr"

// viewSigningKey is the key as /credentials/keys shows it.
var viewSigningKey = sync.OnceValue(func() object {
	der, err := base64.StdEncoding.DecodeString(signingCertificate)
	if err != nil {
		panic("oktatest: certificate: " + err.Error()) // it is a constant
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic("oktatest: certificate: " + err.Error())
	}
	public, sum, text := cert.PublicKey.(*rsa.PublicKey), sha256.Sum256(der), base64.RawURLEncoding
	exponent := bytes.TrimLeft(binary.BigEndian.AppendUint64(nil, uint64(public.E)), "\x00")
	return object{
		"kty": "RSA", "kid": signingKeyID, "use": "sig", "created": signingKeyTime, "lastUpdated": signingKeyTime,
		"expiresAt": signingKeyEnd, "x5c": []string{signingCertificate}, "x5t#S256": text.EncodeToString(sum[:]),
		"e": text.EncodeToString(exponent), "n": text.EncodeToString(public.N.Bytes()),
	}
})

// hasSigningKey reports whether Okta signs something for the app.
func (a *app) hasSigningKey() bool {
	return a.client != nil || a.builtIn != nil || a.signOnMode == modeSAML
}

func (c *call) listSigningKeys() (reply, error) {
	a, err := c.app()
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.signingKeysOf(a))
}

func (o *Org) signingKeysOf(a *app) []object {
	if !a.hasSigningKey() {
		return []object{}
	}
	return []object{viewSigningKey()}
}

func (c *call) getSigningKey() (reply, error) {
	a, err := c.app()
	if err != nil {
		return reply{}, err
	}
	if !a.hasSigningKey() || c.param("key") != signingKeyID {
		return reply{}, notFound(c.param("key"), "JsonWebKey")
	}
	return ok(viewSigningKey())
}
