package oktatest

import (
	"fmt"
	"slices"
	"strings"
)

// seedApp is a kind of seeded app. Its body is as a request would have it, but for
// the label; kinds that no request can make have a mode and no body.
type seedApp struct {
	title    string
	mode     string // SAML_2_0 or AUTO_LOGIN
	features []string
	body     string
}

// seedKinds are the kinds of apps; they repeat.
var seedKinds = []seedApp{
	{title: "Payroll", mode: modeSAML, features: []string{
		featurePush, featureNewUsers, "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION",
	}},
	{title: "Portal", body: `{"name":"oidc_client","signOnMode":"OPENID_CONNECT",
		"credentials":{"oauthClient":{"token_endpoint_auth_method":"client_secret_basic"}},
		"settings":{"oauthClient":{"application_type":"web","grant_types":["authorization_code","refresh_token"],
		"response_types":["code"],"redirect_uris":["https://portal.example.com/callback"]}}}`},
	{title: "Sync service", body: `{"name":"oidc_client","signOnMode":"OPENID_CONNECT",
		"credentials":{"oauthClient":{"token_endpoint_auth_method":"private_key_jwt"}},
		"settings":{"oauthClient":{"application_type":"service","grant_types":["client_credentials"],
		"response_types":["token"],"jwks_uri":"https://sync.example.com/jwks"}}}`},
	{title: "Handbook", body: `{"name":"bookmark","signOnMode":"BOOKMARK","settings":{"app":{"url":"https://handbook.example.com"}}}`},
	{title: "Travel", mode: modeLogin},
	{title: "Wiki", mode: modeSAML},
	{title: "Bank", body: `{"name":"template_swa","signOnMode":"BROWSER_PLUGIN","settings":{"app":{"url":"https://bank.example.com/login",
		"usernameField":"user","passwordField":"password","buttonField":"submit"}}}`},
}

// seedApps makes that many apps. The first is assigned to Everyone, some of the
// others to groups and some to users; every tenth is INACTIVE.
func (o *Org) seedApps(n int) {
	groups, users := o.groups.from(o.groups.after(o.everyone.id)), o.users.from(1)
	for i := range n {
		kind := &seedKinds[i%len(seedKinds)]
		a := o.seedApp(kind, i)
		if a.client != nil && a.settings().ApplicationType == typeService {
			continue
		}
		if i == 0 {
			o.assignGroup(a, o.everyone, &appGroup{})
		}
		if len(groups) > 0 {
			for k := range i % 3 {
				o.assignGroup(a, groups[(7*i+k)%len(groups)], &appGroup{priority: k})
			}
		}
		if len(users) > 0 && i%2 == 1 {
			for k := range 5 {
				o.assignUser(a, users[(13*i+101*k)%len(users)], true)
			}
		}
		if a.pushes() && len(groups) > 1 {
			o.seedPush(a, groups, i)
		}
	}
}

// seedPush maps two groups to groups of the app; the second mapping does not work.
func (o *Org) seedPush(a *app, groups []*group, number int) {
	for k, status := range []string{statusActive, "ERROR"} {
		source, target := groups[(5*number+k)%len(groups)], groups[(5*number+k+1)%len(groups)]
		o.mapPush(a, source.id, target.id, status)
	}
}

// seedApp makes an app of a kind.
func (o *Org) seedApp(kind *seedApp, number int) *app {
	in := newAppInput()
	if kind.body != "" {
		if err := unmarshal([]byte(kind.body), in); err != nil {
			panic("oktatest: seed: " + err.Error()) // it is a constant
		}
	}
	in.Label = fmt.Sprint(kind.title, " ", number/len(seedKinds)+1)
	if kind.body == "" {
		kind.fill(in, number)
	} else if err := in.check(); err != nil {
		panic("oktatest: seed: " + explain(err))
	}
	a, err := o.addApp(in, number%10 != 9)
	if err != nil {
		panic("oktatest: seed: " + explain(err))
	}
	a.features = slices.Clone(kind.features)
	switch kind.mode {
	case modeSAML:
		a.signOn = samlSettings(in.Name)
	case modeLogin:
		a.signOn = object{"loginUrl": "https://travel.example.com/login"}
	}
	return a
}

// fill sets what a request sets of the other kinds. Their names are those of an
// administrator's own app: of the org, the label and a number.
func (kind *seedApp) fill(in *appInput, number int) {
	in.SignOnMode = kind.mode
	in.Name = fmt.Sprintf("acme_%s_%d", strings.ToLower(kind.title), number+1)
	in.Visibility.Hide.IOS, in.Visibility.Hide.Web = new(false), new(false)
	in.Visibility.AppLinks = map[string]bool{in.Name + "_link": true}
	if kind.mode == modeLogin {
		in.Credentials.Scheme = "EDIT_USERNAME_AND_PASSWORD"
	}
}

// samlSettings are the settings of a SAML app, as recorded.
func samlSettings(name string) object {
	site := "https://" + strings.ReplaceAll(name, "_", "-") + ".example.com"
	return object{
		"defaultRelayState": "", "ssoAcsUrl": site + "/acs", "idpIssuer": "http://www.okta.com/${org.externalKey}",
		"audience": site, "recipient": site + "/acs", "destination": site + "/acs",
		"subjectNameIdTemplate": "${user.userName}",
		"subjectNameIdFormat":   "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
		"responseSigned":        true, "assertionSigned": true, "signatureAlgorithm": "RSA_SHA256", "digestAlgorithm": "SHA256",
		"honorForceAuthn":           true,
		"authnContextClassRef":      "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
		"allowMultipleAcsEndpoints": false, "acsEndpoints": []object{},
		"requestCompressed": false, "attributeStatements": []object{}, "inlineHooks": []object{},
	}
}

// Of a hundred seeded groups one has an admin role, one an owner, and one a rule
// that adds to it. Orgs with less than seedSpecial groups have none of them.
const (
	seedHundred = 100
	seedSpecial = 40
)

// seedGroupPrivileges gives the roles, owners and rules.
func (o *Org) seedGroupPrivileges() {
	groups, users := o.groups.from(o.groups.after(o.everyone.id)), o.users.all()
	for at := seedSpecial; at < len(groups); at += seedHundred {
		o.assign(principal{principalGroup, groups[at].id}, "REPORT_ADMIN")
		if at+1 < len(groups) {
			o.own(groups[at+1], users[at%len(users)].id, principalUser)
		}
		if at+2 < len(groups) {
			o.seedRule(at, groups[at+2])
		}
	}
}

// seedRule makes a rule that adds the users with one name to a group.
func (o *Org) seedRule(number int, g *group) {
	number /= seedHundred
	first, last := seedFirst[number%len(seedFirst)], seedLast[number%len(seedLast)]
	text := fmt.Sprintf("user.firstName==%q AND user.lastName==%q", first, last)
	e, err := parseExpression(text)
	if err != nil {
		panic("oktatest: seed: " + err.Error()) // it is well-formed
	}
	r := o.newRule([]string{g.id})
	r.name, r.text, r.language, r.expression = "Rule of "+g.name, text, ruleLanguage, e
	r.people, r.status = true, statusActive
	o.putRule(r)
	for _, u := range o.users.all() {
		o.applyRule(r, u)
	}
}
