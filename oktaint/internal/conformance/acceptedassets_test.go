package conformance

const (
	typeMade    = "of a user type that an endpoint makes which the simulated org does not serve"
	featureOff  = "of an org without the feature; replayed by TestFeaturesOff"
	orgSchema   = "what administrators of that org changed in the schema"
	featureDocs = "what Okta says of that feature"
	before2023  = "recorded in 2022; later ones have it"
	of2020      = "recorded in 2020; later ones have it"
	of2023      = "recorded in 2023; later apps have it"
	handMade    = "the ids in the recording are placeholders that a person wrote"
	ofServers   = "Okta was recorded to link to the list of all authorization servers, with its own default"
)

// leftAssetShapes is leftShapes for assets.
var leftAssetShapes = reasons(map[string][]string{
	handMade:   {"auth-servers-00120"},
	featureOff: {"auth-servers-00395", "auth-servers-01081", "other-errors-00716", "other-errors-00717", "other-errors-01238"},
})

// acceptedAssetShapes is acceptedShapes for assets.
var acceptedAssetShapes = []accepted{
	{[]string{"features-00137"}, "missing", []string{"[]._links.devDoc"}, featureDocs},
	{[]string{"mappings-schemas-00180", "mappings-schemas-01091"}, "missing", []string{"definitions.custom.properties.customfieldId", "definitions.custom.required"}, orgSchema},
	{[]string{"mappings-schemas-00180", "mappings-schemas-00182"}, "extra", []string{"definitions.base.properties.lastName.required"}, orgSchema},
	{[]string{"mappings-schemas-01091", "mappings-schemas-01093"}, "extra", []string{
		"definitions.base.properties.firstName.required", "definitions.base.properties.lastName.required",
	}, orgSchema},
	{[]string{"mappings-schemas-01185"}, "extra", []string{"definitions.base.properties.firstName.required"}, orgSchema},
	{[]string{"auth-servers-00665"}, "extra", []string{"[].default"}, of2020},
	{[]string{"policies-01178"}, "extra", []string{"[].orn", "[].settings.emOptInStatus", "[].universalLogout"}, of2023},
	{[]string{"principal-rate-limits-00788"}, "extra", []string{"useCaseModeOverrides"}, orgSetting},
	{[]string{"auth-servers-01257"}, "extra", []string{"consent", "optional"}, before2023},
	{[]string{"auth-servers-01258"}, "extra", []string{"[].consent", "[].displayName", "[].optional"}, before2023},
}

// acceptedAssetPages is acceptedPages for assets.
var acceptedAssetPages = []accepted{
	{[]string{"auth-servers-00665"}, "next", []string{", recorded: https://acme.okta.com/api/v1/authorizationServers?after=aus000000000000035d7&limit=200"}, of2020},
	{[]string{"auth-servers-00665"}, "self", []string{"https://acme.okta.com/api/v1/authorizationServers?limit=200, recorded: "}, of2020},
	{[]string{"auth-servers-00665"}, "cursor", []string{"none, recorded: the last id"}, of2020},
	{[]string{"auth-servers-00680"}, "lines", []string{"1, recorded: 2"}, nextOfNone},
	{[]string{"auth-servers-00680"}, "next", []string{", recorded: https://acme.okta.com/api/v1/authorizationServers?after=aus000000000000045d7&limit=-1&trusted=true"}, nextOfNone},
	{[]string{"auth-servers-00680"}, "cursor", []string{"none, recorded: the last id"}, nextOfNone},
	{[]string{"auth-servers-00680", "auth-servers-00683"}, "self", []string{associatedSelf + "?limit=200&trusted=true, recorded: https://acme.okta.com/api/v1/authorizationServers?limit=-1&trusted=true"}, ofServers},
	{[]string{"auth-servers-00681"}, "self", []string{associatedSelf + "?limit=10&trusted=true, recorded: https://acme.okta.com/api/v1/authorizationServers?limit=10&trusted=true"}, ofServers},
}

const (
	associatedSelf = "https://acme.okta.com/api/v1/authorizationServers/aus000000000000035d7/associatedServers"
	nextOfNone     = "a next link after the last of the servers: with a default limit of -1 every page is full"
)
