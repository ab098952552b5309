package oktatest

import (
	"slices"
	"time"
)

// enrollmentKind is the authenticator of which a factor is an enrollment.
type enrollmentKind struct{ kind, key, name string }

// enrollmentKinds are the authenticators, by type of factor. Okta Verify is one
// enrollment, whatever it can do.
var enrollmentKinds = map[string]enrollmentKind{
	factorPush:        {"app", "okta_verify", "Okta Verify"},
	factorSignedNonce: {"app", "okta_verify", "Okta Verify"},
	factorTOTP:        {"app", "okta_verify", "Okta Verify"},
	factorSMS:         {"phone", "phone_number", "Phone"},
	factorCall:        {"phone", "phone_number", "Phone"},
	"email":           {"email", "okta_email", "Email"},
	"webauthn":        {"security_key", "webauthn", "Security Key or Biometric"},
	factorQuestion:    {"security_question", "security_question", "Security Question"},
}

// enrollment is what a user has of an authenticator.
type enrollment struct {
	enrollmentKind
	id, status       string
	created, updated time.Time
	profile          object
}

// enrollments lists the password and the factors of a user as Identity Engine does.
func (u *user) enrollments() []enrollment {
	var all []enrollment
	if u.hasPassword {
		all = append(all, enrollment{
			enrollmentKind{"password", "okta_password", "Password"}, u.passwordEnrollment(), statusActive, u.created, u.passwordChanged, nil,
		})
	}
	verify := false
	for _, f := range u.factors {
		if f.ofOktaVerify() {
			if verify {
				continue
			}
			verify = true
		}
		e := enrollment{enrollmentKinds[f.kind], f.id, f.status, f.created, f.updated, nil}
		if f.kind == "email" || e.kind == "phone" {
			e.profile = f.profile
		}
		all = append(all, e)
	}
	return all
}

// passwordEnrollment is the id of the enrollment that is the user's password.
func (u *user) passwordEnrollment() string { return "lae" + u.id[3:] }

func (o *Org) viewEnrollment(u *user, e enrollment) object {
	owner := o.href("api/v1/users", u.id)
	view := object{
		"type": e.kind, "id": e.id, "key": e.key, "status": e.status, "name": e.name, "nickname": nil,
		"created": stamp(e.created), "lastUpdated": stamp(e.updated),
		"_links": object{
			"self": object{"href": owner + "/authenticator-enrollments/" + e.id, "hints": allow("GET", "DELETE")},
			"user": object{"href": owner, "hints": allow("GET")},
		},
	}
	if e.profile != nil {
		view["profile"] = e.profile
	}
	for _, a := range o.assetList("/api/v1/authenticators").all() {
		if a.body["key"] == e.key {
			view["_links"].(object)["authenticator"] = object{"href": o.href("api/v1/authenticators", a.id), "hints": allow("GET")}
		}
	}
	return view
}

func (c *call) listEnrollments() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	views := []object{}
	for _, e := range u.enrollments() {
		views = append(views, c.org.viewEnrollment(u, e))
	}
	return ok(views)
}

func (c *call) getEnrollment() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	for _, e := range u.enrollments() {
		if e.id == c.param("enrollment") {
			return ok(c.org.viewEnrollment(u, e))
		}
	}
	return reply{}, notFound(c.param("enrollment"), "AuthenticatorEnrollment")
}

// deleteEnrollment removes what a user has of an authenticator: the factor with this id,
// all of Okta Verify, and a phone number for the recovery of the account as well.
func (c *call) deleteEnrollment() (reply, error) {
	u, err := c.userByIDToChange()
	if err != nil {
		return reply{}, err
	}
	if u.status == statusDeprovisioned {
		return reply{}, errStatus
	}
	id := c.param("enrollment")
	if u.hasPassword && id == u.passwordEnrollment() {
		return reply{}, invalid("enrollmentId", "enrollmentId: The password of a user cannot be removed")
	}
	at := slices.IndexFunc(u.enrollments(), func(e enrollment) bool { return e.id == id })
	if at < 0 {
		return reply{}, notFound(id, "AuthenticatorEnrollment")
	}
	f := u.factors[slices.IndexFunc(u.factors, func(f *factor) bool { return f.id == id })]
	u.factors = slices.DeleteFunc(u.factors, func(other *factor) bool {
		return other == f || f.ofOktaVerify() && other.ofOktaVerify()
	})
	if f.ofPhone() {
		u.recoveryPhone = false
	}
	c.recordAbout("user.mfa.factor.deactivate", "Reset factor for user", partyOfUser(u))
	return noContent()
}
