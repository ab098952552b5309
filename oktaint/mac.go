package oktaint

import (
	"crypto/hmac"
	"crypto/sha256"
)

// MAC authenticates data that a service stores, such as a record of its actions, with
// a key that is derived from the credential: a person who can write to the store but
// does not have the credential cannot forge it. It is an HMAC with SHA-256, and tells
// nothing about the credential. It is nil for a key that is not in memory, such as one
// in a KMS. After a change of the credential, data that was stored before no longer
// passes.
func (s *Source) MAC(message []byte) []byte {
	if s.secret == nil {
		return nil
	}
	secret, ok := s.secret()
	if !ok || secret.IsZero() {
		return nil
	}
	derived := sum([]byte(secret.Reveal()), []byte("okta-integration: MAC of what is stored"))
	return sum(derived, message)
}

func sum(key, message []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(message)
	return h.Sum(nil)
}
