package oktatest

import (
	"cmp"
	"slices"
	"strings"
)

// appInput is what an administrator sets of an app.
type appInput struct {
	Name          string `json:"name"`
	Label         string `json:"label"`
	SignOnMode    string `json:"signOnMode"`
	Profile       object `json:"profile"`
	Accessibility struct {
		SelfService      bool    `json:"selfService"`
		ErrorRedirectURL *string `json:"errorRedirectUrl"`
		LoginRedirectURL *string `json:"loginRedirectUrl"`
	} `json:"accessibility"`
	Visibility struct {
		AutoLaunch        bool `json:"autoLaunch"`
		AutoSubmitToolbar bool `json:"autoSubmitToolbar"`
		Hide              struct {
			IOS *bool `json:"iOS"`
			Web *bool `json:"web"`
		} `json:"hide"`
		AppLinks map[string]bool `json:"appLinks"`
	} `json:"visibility"`
	Credentials struct {
		Scheme           string            `json:"scheme"` // of template_swa
		RevealPassword   bool              `json:"revealPassword"`
		UserNameTemplate object            `json:"userNameTemplate"`
		OAuthClient      *oauthCredentials `json:"oauthClient"`
	} `json:"credentials"`
	Settings struct {
		App                object `json:"app"`
		ManualProvisioning bool   `json:"manualProvisioning"`
		ImplicitAssignment bool   `json:"implicitAssignment"`
		Notes              struct {
			Admin   *string `json:"admin"`
			EndUser *string `json:"enduser"`
		} `json:"notes"`
		OAuthClient *oauthSettings `json:"oauthClient"`
	} `json:"settings"`
}

// oauthCredentials is credentials.oauthClient of an app.
type oauthCredentials struct {
	AutoKeyRotation *bool  `json:"autoKeyRotation"`
	ClientID        string `json:"client_id"`
	ClientSecret    string `json:"client_secret"`
	Method          string `json:"token_endpoint_auth_method"`
	PKCERequired    *bool  `json:"pkce_required"`
}

// oauthSettings is settings.oauthClient of an app.
type oauthSettings struct {
	ClientURI         *string   `json:"client_uri"`
	LogoURI           *string   `json:"logo_uri"`
	RedirectURIs      []string  `json:"redirect_uris"`
	PostLogoutURIs    []string  `json:"post_logout_redirect_uris"`
	ResponseTypes     []string  `json:"response_types"`
	GrantTypes        []string  `json:"grant_types"`
	ApplicationType   string    `json:"application_type"`
	ConsentMethod     string    `json:"consent_method"`
	IssuerMode        string    `json:"issuer_mode"`
	IDPInitiatedLogin object    `json:"idp_initiated_login"`
	WildcardRedirect  string    `json:"wildcard_redirect"`
	DPoPBound         bool      `json:"dpop_bound_access_tokens"`
	ParticipateSLO    bool      `json:"participate_slo"`
	JWKS              *keySet   `json:"jwks"`
	JWKSURI           string    `json:"jwks_uri"`
	Network           *zoneRule `json:"network"`

	oauthOptions
}

// oauthOptions are settings of an OAuth client that show only if they are set,
// and that change nothing here.
type oauthOptions struct {
	InitiateLoginURI     *string        `json:"initiate_login_uri,omitempty"`
	PolicyURI            *string        `json:"policy_uri,omitempty"`
	TermsURI             *string        `json:"tos_uri,omitempty"`
	SectorIdentifierURI  *string        `json:"sector_identifier_uri,omitempty"`
	SubjectType          *string        `json:"subject_type,omitempty"`
	RefreshToken         *refreshPolicy `json:"refresh_token,omitempty"`
	LogoutURI            *string        `json:"frontchannel_logout_uri,omitempty"`
	LogoutSession        *bool          `json:"frontchannel_logout_session_required,omitempty"`
	RequestObjectAlg     *string        `json:"request_object_signing_alg,omitempty"`
	IDTokenEncryptionAlg *string        `json:"id_token_encrypted_response_alg,omitempty"`
	BackchannelAlg       *string        `json:"backchannel_authentication_request_signing_alg,omitempty"`
	BackchannelID        *string        `json:"backchannel_custom_authenticator_id,omitempty"`
	BackchannelMode      *string        `json:"backchannel_token_delivery_mode,omitempty"`
}

// refreshPolicy says how refresh tokens change when they are used.
type refreshPolicy struct {
	RotationType string `json:"rotation_type"`
	Leeway       *int   `json:"leeway"`
}

// checkRefresh checks the policy of refresh tokens. A client that may have such
// tokens has one in any case.
func (s *oauthSettings) checkRefresh() error {
	if s.RefreshToken == nil {
		if slices.Contains(s.GrantTypes, "refresh_token") {
			s.RefreshToken = &refreshPolicy{RotationType: "STATIC", Leeway: new(0)}
		}
		return nil
	}
	setDefault(&s.RefreshToken.Leeway, new(30))
	if leeway := *s.RefreshToken.Leeway; leeway < 0 || leeway > 60 {
		return invalid("leeway", "leeway: The value must be between 0 and 60")
	}
	return oneOf("rotation_type", s.RefreshToken.RotationType, []string{"STATIC", "ROTATE"})
}

// zoneRule restricts the network zones that a client or an API token may be
// used from.
type zoneRule struct {
	Connection string   `json:"connection"`
	Include    []string `json:"include,omitempty"`
	Exclude    []string `json:"exclude,omitempty"`
}

// allows reports whether requests from these zones pass.
func (z *zoneRule) allows(zones []string) bool {
	if z == nil || z.Connection != "ZONE" {
		return true
	}
	in := func(list []string) bool {
		return slices.ContainsFunc(zones, func(zone string) bool { return slices.Contains(list, zone) })
	}
	if in(z.Exclude) {
		return false
	}
	return len(z.Include) == 0 || in(z.Include)
}

// check refuses a rule that Okta does not know.
func (z *zoneRule) check() error {
	if z == nil {
		return nil
	}
	if z.Connection == "ZONE" && len(z.Include) == 0 && len(z.Exclude) == 0 {
		return invalid("network", "network: The connection ZONE needs zones to include or exclude")
	}
	return oneOf("connection", z.Connection, []string{"ANYWHERE", "ZONE"})
}

// newAppInput returns the defaults.
func newAppInput() *appInput {
	in := &appInput{}
	in.Credentials.UserNameTemplate = object{"template": "${source.login}", "type": "BUILT_IN"}
	in.Settings.App = object{}
	return in
}

// swaSettings are the settings of the app template_swa.
var swaSettings = []string{"buttonField", "checkbox", "loginUrlRegex", "passwordField", "redirectUrl", "url", "usernameField"}

// checkPlain checks an app that is not an OAuth client and fills in its defaults.
// Of the settings named, those that are not set are null.
func (in *appInput) checkPlain(signOnMode string, settings []string) error {
	setDefault(&in.SignOnMode, signOnMode)
	if in.SignOnMode != signOnMode {
		return invalid("signOnMode", "signOnMode: The value does not fit the app")
	}
	if _, set := in.Settings.App["url"].(string); !set {
		return invalid("url", "url: The field cannot be left blank")
	}
	for _, name := range settings {
		if _, set := in.Settings.App[name]; !set {
			in.Settings.App[name] = nil
		}
	}
	setDefault(&in.Visibility.Hide.IOS, new(false))
	setDefault(&in.Visibility.Hide.Web, new(false))
	if in.Visibility.AppLinks == nil {
		in.Visibility.AppLinks = map[string]bool{"login": true}
	}
	return nil
}

// checkOIDC checks an OpenID Connect app and fills in its defaults.
func (in *appInput) checkOIDC() error {
	if in.SignOnMode != modeOIDC {
		return invalid("signOnMode", "signOnMode: The value does not fit the app")
	}
	if in.Credentials.OAuthClient == nil {
		return invalid("credentials", "credentials: The field cannot be left blank")
	}
	if in.Settings.OAuthClient == nil {
		return invalid("settings", "settings: The field cannot be left blank")
	}
	setDefault(&in.Visibility.Hide.IOS, new(true))
	setDefault(&in.Visibility.Hide.Web, new(true))
	if in.Visibility.AppLinks == nil {
		in.Visibility.AppLinks = map[string]bool{"oidc_client_link": true}
	}
	if err := in.Credentials.OAuthClient.check(); err != nil {
		return err
	}
	return in.Settings.OAuthClient.check()
}

func (cr *oauthCredentials) check() error {
	setDefault(&cr.Method, "client_secret_basic")
	setDefault(&cr.AutoKeyRotation, new(true))
	setDefault(&cr.PKCERequired, new(true))
	if err := oneOf("token_endpoint_auth_method", cr.Method, authMethods); err != nil {
		return err
	}
	if cr.ClientSecret == "" {
		return nil
	}
	if cr.Method == methodPrivateKey {
		return errSecretWithKey
	}
	return checkSecret(cr.ClientSecret)
}

func (s *oauthSettings) check() error {
	if len(s.GrantTypes) == 0 {
		return invalid("grant_types", "grant_types: The field cannot be left blank")
	}
	if err := oneOf("application_type", s.ApplicationType, applicationTypes); err != nil {
		return err
	}
	if s.ApplicationType == typeService && !slices.Contains(s.GrantTypes, "client_credentials") {
		return invalid("grant_types", "grant_types: A service app must use client_credentials")
	}
	if err := s.checkResponseTypes(); err != nil {
		return err
	}
	if s.JWKS != nil && s.JWKSURI != "" {
		return invalid("jwks", "jwks: The field cannot be used together with jwks_uri")
	}
	setDefault(&s.ConsentMethod, "TRUSTED")
	setDefault(&s.IssuerMode, "DYNAMIC")
	setDefault(&s.WildcardRedirect, "DISABLED")
	if s.IDPInitiatedLogin == nil {
		s.IDPInitiatedLogin = object{"mode": "DISABLED", "default_scope": []string{}}
	}
	return cmp.Or(
		oneOf("consent_method", s.ConsentMethod, []string{"TRUSTED", "REQUIRED"}),
		oneOf("issuer_mode", s.IssuerMode, []string{"ORG_URL", "CUSTOM_URL", "DYNAMIC"}),
		oneOf("wildcard_redirect", s.WildcardRedirect, []string{"DISABLED", "SUBDOMAIN"}),
		s.Network.check(),
		s.checkRefresh(),
	)
}

// grantsOfResponse are the grant types that a response type needs one of.
var grantsOfResponse = map[string][]string{
	"code":     {"authorization_code"},
	"token":    {"implicit", "client_credentials"},
	"id_token": {"implicit"},
}

// checkResponseTypes refuses a response type that no grant type of the client
// leads to.
func (s *oauthSettings) checkResponseTypes() error {
	for _, name := range s.ResponseTypes {
		needs, known := grantsOfResponse[name]
		if !known {
			return invalid("response_types", "response_types: The value is not one of code, token, id_token")
		}
		if !slices.ContainsFunc(needs, func(grant string) bool { return slices.Contains(s.GrantTypes, grant) }) {
			return invalid("response_types", "response_types: '"+name+"' needs the grant type "+strings.Join(needs, " or "))
		}
	}
	return nil
}

// setDefault sets *p if it is the zero value.
func setDefault[T comparable](p *T, value T) {
	var zero T
	if *p == zero {
		*p = value
	}
}
