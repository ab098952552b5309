package oktatest

import (
	"fmt"
	"slices"
	"time"
)

// The types of factors that are one enrollment of Okta Verify.
const (
	factorPush        = "push"
	factorSignedNonce = "signed_nonce"
	factorTOTP        = "token:software:totp"
	factorQuestion    = "question"
)

// The types of factors that are a phone number.
const (
	factorSMS  = "sms"
	factorCall = "call"
)

// factorKind is what the factors of a type have in common.
type factorKind struct {
	prefix   string // of ids
	provider string
	sent     bool // a code is sent to the user, and again on demand
	profile  func(*user) object
}

var factorKinds = map[string]factorKind{
	factorPush: {prefix: "opf", provider: providerOkta, profile: func(u *user) object {
		return object{"credentialId": u.login(), "deviceType": "SmartPhone_IPhone", "name": "iPhone", "platform": "IOS", "version": "17.0"}
	}},
	factorSignedNonce: {prefix: "pfd", provider: providerOkta, profile: func(u *user) object {
		return object{"credentialId": u.login(), "deviceType": "SmartPhone_IPhone", "name": "iPhone", "platform": "IOS", "version": "17.0"}
	}},
	factorTOTP: {prefix: "ost", provider: providerOkta, profile: func(u *user) object {
		return object{"credentialId": u.login()}
	}},
	factorSMS: {prefix: "mbl", provider: providerOkta, sent: true, profile: func(*user) object {
		return object{"phoneNumber": "+12025550100"}
	}},
	factorCall: {prefix: "clf", provider: providerOkta, sent: true, profile: func(*user) object {
		return object{"phoneNumber": "+12025550100", "phoneExtension": ""}
	}},
	"email": {prefix: "emf", provider: providerOkta, sent: true, profile: func(u *user) object {
		return object{"email": u.profile["email"]}
	}},
	"webauthn": {prefix: "fwf", provider: "FIDO", profile: func(u *user) object {
		return object{"credentialId": u.id, "appId": nil, "version": nil, "authenticatorName": "Security Key"}
	}},
	factorQuestion: {prefix: "ufs", provider: providerOkta, profile: func(*user) object {
		return viewQuestion("disliked_food")
	}},
}

// securityQuestions are the questions of question factors.
var securityQuestions = map[string]string{
	"disliked_food":           "What is the food you least liked as a child?",
	"name_of_first_plush_toy": "What is the name of your first stuffed animal?",
	"first_award":             "What did you earn your first medal or award for?",
}

func viewQuestion(name string) object {
	return object{"question": name, "questionText": securityQuestions[name]}
}

// factor is an enrollment of a second factor.
type factor struct {
	id, kind, provider string
	status             string
	profile            object
	created, updated   time.Time
}

// enroll adds an active factor to a user.
func (o *Org) enroll(u *user, kind string) *factor {
	k, now := factorKinds[kind], o.now()
	f := &factor{
		id: o.newID(k.prefix), kind: kind, provider: k.provider, status: statusActive,
		profile: k.profile(u), created: now, updated: now,
	}
	u.factors = append(u.factors, f)
	if f.ofPhone() {
		u.recoveryPhone = true
	}
	return f
}

// EnrollFactor lets a user enroll a second factor of one of the types of [User.Factors],
// which is active at once, and returns its id. The System Log gets an event. An error is a
// type that there is not or that the user has. It panics if there is no such user.
func (o *Org) EnrollFactor(userID, kind string) (id string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	u := o.mustUser(userID)
	if factorKinds[kind].prefix == "" {
		return "", fmt.Errorf("oktatest: enroll factor: unknown type %q", kind)
	}
	if slices.ContainsFunc(u.factors, func(f *factor) bool { return f.kind == kind }) {
		return "", fmt.Errorf("oktatest: enroll factor: user %s has one of type %s", userID, kind)
	}
	o.remember(o.now())
	f := o.enroll(u, kind)
	o.addEvent("user.mfa.factor.activate", "Enroll factor for user", partyOfUser(u), []party{partyOfUser(u)}, "/idp/idx/challenge/answer")
	return f.id, nil
}

// ofOktaVerify reports whether a factor is a part of Okta Verify.
func (f *factor) ofOktaVerify() bool {
	return f.provider == providerOkta && slices.Contains([]string{factorPush, factorSignedNonce, factorTOTP}, f.kind)
}

// ofPhone reports whether a factor is a phone number, which recovers the account, too.
func (f *factor) ofPhone() bool { return f.kind == factorSMS || f.kind == factorCall }

// unenroll removes a factor. With push or signed_nonce goes all of Okta Verify.
func (u *user) unenroll(f *factor) {
	all := f.kind == factorPush || f.kind == factorSignedNonce
	u.factors = slices.DeleteFunc(u.factors, func(other *factor) bool {
		return other == f || all && other.ofOktaVerify()
	})
}

const statusPending = "PENDING_ACTIVATION"

// viewSupported is a type of factors as one that a user can enroll.
func (o *Org) viewSupported(u *user, kind string) object {
	enroll := o.href("api/v1/users", u.id, "factors")
	links := object{"enroll": object{"href": enroll, "hints": allow("POST")}}
	if kind == factorQuestion {
		links["questions"] = object{"href": enroll + "/questions", "hints": allow("GET")}
	}
	provider := factorKinds[kind].provider
	return object{"factorType": kind, "provider": provider, "vendorName": provider, "_links": links}
}

func (o *Org) viewFactor(u *user, f *factor) object {
	owner := o.href("api/v1/users", u.id)
	self := owner + "/factors/" + f.id
	links := object{
		"self": object{"href": self, "hints": allow("GET", "DELETE")},
		"user": object{"href": owner, "hints": allow("GET")},
	}
	switch {
	case f.status == statusPending:
		links["self"] = object{"href": self, "hints": allow("GET")}
		links["activate"] = object{"href": self + "/lifecycle/activate", "hints": allow("POST")}
		if factorKinds[f.kind].sent {
			links["resend"] = []object{{"name": f.kind, "href": self + "/resend", "hints": allow("POST")}}
		}
	case f.kind == factorQuestion:
		links["questions"] = object{"href": owner + "/factors/questions", "hints": allow("GET")}
	default:
		links["verify"] = object{"href": self + "/verify", "hints": allow("POST")}
	}
	return object{
		"id": f.id, "factorType": f.kind, "provider": f.provider, "vendorName": f.provider, "status": f.status,
		"created": stamp(f.created), "lastUpdated": stamp(f.updated), "profile": f.profile, "_links": links,
	}
}
