package oktatest

import (
	"maps"
	"slices"
	"time"
)

const (
	nonceRenewal  = 24 * time.Hour     // how long a nonce is handed out
	nonceLifetime = 3 * 24 * time.Hour // how long it is accepted
)

// nonces are the DPoP nonces of an org, oldest first.
type nonces struct {
	list []nonce
}

type nonce struct {
	value  string
	issued time.Time
}

// current returns the nonce to use now, a new one if the last is old.
func (n *nonces) current(now time.Time) string {
	if len(n.list) == 0 || !now.Before(n.list[len(n.list)-1].issued.Add(nonceRenewal)) {
		n.list = append(n.list, nonce{randomText(32), now})
	}
	return n.list[len(n.list)-1].value
}

// accept reports whether value is a nonce that is still good.
func (n *nonces) accept(value string, now time.Time) bool {
	n.list = slices.DeleteFunc(n.list, func(old nonce) bool { return !now.Before(old.issued.Add(nonceLifetime)) })
	return slices.ContainsFunc(n.list, func(good nonce) bool { return good.value == value })
}

// RotateDPoPNonces forgets all DPoP nonces: the next proof with one of them is
// refused with use_dpop_nonce and a new one.
func (o *Org) RotateDPoPNonces() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.nonces = nonces{}
}

// usedOnce remembers what may be used only once, as long as it is needed.
type usedOnce map[string]time.Time

// use notes name until a time and reports whether it was new.
func (u usedOnce) use(name string, until, now time.Time) bool {
	if end, used := u[name]; used && !now.After(end) {
		return false
	}
	if len(u) > 10000 {
		maps.DeleteFunc(u, func(_ string, end time.Time) bool { return now.After(end) })
	}
	u[name] = until
	return true
}
