package oktaint

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/semaphore"
)

// ErrDPoPBound is returned by [Source.Token] for a token that is bound to a key
// (RFC 9449): it works only together with a proof. [Source.Authorize], [Transport]
// and [Client] send both.
var ErrDPoPBound = errors.New("oktaint: the access token is bound by DPoP and works only with a proof: use Client, Transport or Source.Authorize")

const (
	headerDPoP      = "DPoP"
	headerDPoPNonce = "DPoP-Nonce"

	errInvalidProof = "invalid_dpop_proof"
	errUseNonce     = "use_dpop_nonce"
)

// A proof is dated back a little, for a clock that is ahead of Okta's: Okta refuses a
// proof from the future, and accepts one for five minutes.
const proofBackdate = 30 * time.Second

// A prover makes the DPoP proofs of a Source (RFC 9449, section 4). Its key is made
// when it is first needed and stays in memory. It is never the client's key: Okta
// wants another one. It is on P-256 because every request needs a signature, and
// that costs a thirtieth of one by RSA.
type prover struct {
	required bool        // the credential requires proofs
	on       atomic.Bool // proofs are sent: the credential or the org asks for them

	turns *semaphore.Weighted // see call.takeTurn

	// Nonces of the token endpoint and of the API. Every answer can bring a
	// new one.
	tokenNonce, apiNonce atomic.Pointer[string]

	once   sync.Once
	signer jose.Signer
	err    error
}

// allTurns is more than the attempts that can be on their way at once.
const allTurns = 1 << 20

func newProver(on bool) *prover {
	p := &prover{required: on, turns: semaphore.NewWeighted(allTurns)}
	p.on.Store(on)
	return p
}

func (p *prover) init() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.err = fmt.Errorf("oktaint: make the DPoP key: %w", err)
		return
	}
	opts := new(jose.SignerOptions).WithType("dpop+jwt")
	opts.EmbedJWK = true
	p.signer, p.err = jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, opts)
}

// proveToken sets the proof of a token request.
func (p *prover) proveToken(req *http.Request) error {
	return p.prove(req, "", nonceOf(&p.tokenNonce))
}

// proveUse sets the proof of a request that uses a token. nonce "" means the last
// one that an answer brought.
func (p *prover) proveUse(req *http.Request, token, nonce string) error {
	sum := sha256.Sum256([]byte(token))
	return p.prove(req, base64.RawURLEncoding.EncodeToString(sum[:]), cmp.Or(nonce, nonceOf(&p.apiNonce)))
}

// prove sets the proof of a request. A proof is good once, so each attempt needs
// its own.
func (p *prover) prove(req *http.Request, tokenHash, nonce string) error {
	if p.once.Do(p.init); p.err != nil {
		return p.err
	}
	claims := struct {
		HTM   string `json:"htm"`
		HTU   string `json:"htu"`
		IAT   int64  `json:"iat"`
		JTI   string `json:"jti"`
		ATH   string `json:"ath,omitempty"`
		Nonce string `json:"nonce,omitempty"`
	}{HTM: req.Method, HTU: proofURL(req.URL), IAT: time.Now().Add(-proofBackdate).Unix(), JTI: rand.Text(), ATH: tokenHash, Nonce: nonce}
	payload, err := json.Marshal(claims)
	if err != nil {
		return fmt.Errorf("oktaint: make the DPoP proof: %w", err)
	}
	jws, err := p.signer.Sign(payload)
	if err != nil {
		return fmt.Errorf("oktaint: sign the DPoP proof: %w", err)
	}
	proof, err := jws.CompactSerialize()
	if err != nil {
		return fmt.Errorf("oktaint: write the DPoP proof: %w", err)
	}
	req.Header.Set(headerDPoP, proof)
	return nil
}

// proofErrors are the errors about proofs that were answered by another one.
type proofErrors struct {
	invalid, nonce int

	// own is the nonce that came with the refusal of the last one. It belongs to
	// this call's repeat: were it shared, many requests on their way would use it
	// up for each other.
	own string
}

// maxNonces is how often a new nonce is taken for one request: it can change again
// while other requests are on their way.
const maxNonces = 3

// learn keeps the nonce of an answer of the API.
func (seen *proofErrors) learn(shared *atomic.Pointer[string], resp *http.Response) {
	if parseChallenge(resp.Header).Error == errUseNonce {
		if n := resp.Header.Get(headerDPoPNonce); isNonce(n) {
			seen.own = n
		}
		return
	}
	if !learn(shared, resp.Header) && seen.own != "" {
		n := seen.own
		shared.Store(&n) // the org accepted it, and the answer brings no other
	}
	seen.own = ""
}

// again reports whether another proof may be accepted: a fresh one, once, or one
// with the nonce that the org asked for.
func (seen *proofErrors) again(oauthError string) bool {
	switch oauthError {
	case errInvalidProof:
		seen.invalid++
		return seen.invalid <= 1
	case errUseNonce:
		seen.nonce++
		return seen.nonce <= maxNonces
	}
	return false
}

// againToken is again for an error of the token endpoint. If the org wants a proof
// and none was sent, proofs are sent from then on.
func (seen *proofErrors) againToken(err error, p *prover) bool {
	var e *Error
	if !errors.As(err, &e) || e.OAuthError != errInvalidProof && e.OAuthError != errUseNonce {
		return false
	}
	return p.on.CompareAndSwap(false, true) || seen.again(e.OAuthError)
}

// proofURL is the htu claim: no query, no fragment, and the path decoded, which
// is what Okta compares it with.
func proofURL(u *url.URL) string { return u.Scheme + "://" + u.Host + u.Path }

// learn keeps the nonce of an answer, whatever its status, and reports whether there
// was one.
func learn(nonce *atomic.Pointer[string], h http.Header) bool {
	n := h.Get(headerDPoPNonce)
	if !isNonce(n) {
		return false
	}
	if nonceOf(nonce) != n {
		nonce.Store(&n)
	}
	return true
}

// isNonce reports whether a server may have meant n as a nonce. One that is longer
// would make every request too large.
func isNonce(n string) bool { return n != "" && len(n) <= maxNonce }

const maxNonce = 1024

func nonceOf(p *atomic.Pointer[string]) string {
	if n := p.Load(); n != nil {
		return *n
	}
	return ""
}
