package oktaint

import (
	"crypto/hmac"
	"crypto/sha256"
)

// MAC authenticates what a service stores, a record of what it has done, say, with
// a key that is derived from the credential: who can write to the store and does not
// have the credential cannot make it up. It is an HMAC with SHA-256, and says
// nothing of the credential. It is nil for a key that is not in memory, such as one
// in a KMS. With another credential, what was stored before is not authentic any
// more.
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
