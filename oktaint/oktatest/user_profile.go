package oktatest

import (
	"maps"
	"slices"
	"strings"
)

// requiredAttributes cannot be blank; nullAttributes are null if they are not
// set, and the rest of baseAttributes is not there then.
var (
	requiredAttributes = []string{"login", "email", "firstName", "lastName"}
	nullAttributes     = []string{"mobilePhone", "secondEmail"}
	baseAttributes     = []string{
		"city", "costCenter", "countryCode", "department", "displayName", "division", "employeeNumber",
		"honorificPrefix", "honorificSuffix", "locale", "manager", "managerId", "middleName", "nickName", "organization",
		"postalAddress", "preferredLanguage", "primaryPhone", "profileUrl", "state", "streetAddress", "timezone", "title",
		"userType", "zipCode",
	}
)

func isBaseAttribute(name string) bool {
	return slices.Contains(requiredAttributes, name) || slices.Contains(nullAttributes, name) || slices.Contains(baseAttributes, name)
}

// newProfile returns a profile with these values.
func newProfile(values object) object {
	profile := object{}
	for _, name := range nullAttributes {
		profile[name] = nil
	}
	for name, value := range values {
		setAttribute(profile, name, value)
	}
	return profile
}

// setAttribute sets a value; null blanks it.
func setAttribute(profile object, name string, value any) {
	if value == nil && !slices.Contains(nullAttributes, name) {
		delete(profile, name)
		return
	}
	profile[name] = value
}

// checkProfile refuses a profile that a user, or a new one if u is nil, cannot
// have. what names the object in the answer.
func (o *Org) checkProfile(profile object, u *user, what string) error {
	for _, name := range slices.Sorted(maps.Keys(profile)) {
		if !isBaseAttribute(name) && !o.attributes[name] {
			return invalid(what, "Property name '"+name+"' is not defined in profile")
		}
		if _, text := profile[name].(string); !text && profile[name] != nil && isBaseAttribute(name) {
			return invalid(name, name+": wrong type")
		}
	}
	for _, name := range requiredAttributes {
		if text, _ := profile[name].(string); text == "" {
			return invalid(name, name+": The field cannot be left blank")
		}
	}
	return o.checkLogin(profile["login"].(string), profile["email"].(string), u)
}

// checkLogin refuses a login that is not an address or that another user has, and
// an email that is not an address.
func (o *Org) checkLogin(login, email string, u *user) error {
	switch other := o.userNames.logins[strings.ToLower(login)]; {
	case !isAddress(login):
		return invalid("login", "login: Username must be in the form of an email address")
	case !isAddress(email):
		return invalid("email", "email: Does not match required pattern")
	case other != nil && other != u:
		return invalid("login", "login: An object with this field already exists in the current organization")
	}
	return nil
}

// isAddress reports whether a text has the form of an address: something, one
// @ and a domain.
func isAddress(text string) bool {
	name, domain, found := strings.Cut(text, "@")
	return found && name != "" && strings.Contains(domain, ".") && !strings.ContainsAny(text, " /") && !strings.Contains(domain, "@")
}

// changeProfile gives a user another profile, which was checked, and reports
// whether it is another one.
func (o *Org) changeProfile(u *user, profile object) bool {
	if sameJSON(u.profile, profile) {
		return false
	}
	o.userNames.remove(u)
	u.profile = profile
	o.userNames.add(u)
	return true
}

// sameJSON compares values by their JSON.
func sameJSON(a, b any) bool {
	x, errX := marshal(a)
	y, errY := marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
