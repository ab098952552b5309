package remediation

// The JSON of each action is its fields behind its kind and version. A type of
// the same fields without methods keeps encoding/json from coming here again.

// MarshalJSON implements [encoding/json.Marshaler].
func (a SuspendUser) MarshalJSON() ([]byte, error) {
	type fields SuspendUser
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a UnsuspendUser) MarshalJSON() ([]byte, error) {
	type fields UnsuspendUser
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a DeactivateUser) MarshalJSON() ([]byte, error) {
	type fields DeactivateUser
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a ActivateUser) MarshalJSON() ([]byte, error) {
	type fields ActivateUser
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a ReactivateUser) MarshalJSON() ([]byte, error) {
	type fields ReactivateUser
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a UnlockUser) MarshalJSON() ([]byte, error) {
	type fields UnlockUser
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a DeleteUser) MarshalJSON() ([]byte, error) {
	type fields DeleteUser
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a ClearSessions) MarshalJSON() ([]byte, error) {
	type fields ClearSessions
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a ExpirePassword) MarshalJSON() ([]byte, error) {
	type fields ExpirePassword
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a ExpirePasswordTemporary) MarshalJSON() ([]byte, error) {
	type fields ExpirePasswordTemporary
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a ResetPassword) MarshalJSON() ([]byte, error) {
	type fields ResetPassword
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a SetPassword) MarshalJSON() ([]byte, error) {
	type fields SetPassword
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a ResetFactors) MarshalJSON() ([]byte, error) {
	type fields ResetFactors
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a RemoveFactor) MarshalJSON() ([]byte, error) {
	type fields RemoveFactor
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a RevokeGrants) MarshalJSON() ([]byte, error) {
	type fields RevokeGrants
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a RevokeClientGrants) MarshalJSON() ([]byte, error) {
	type fields RevokeClientGrants
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a RevokeClientTokens) MarshalJSON() ([]byte, error) {
	type fields RevokeClientTokens
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a SetProfileAttribute) MarshalJSON() ([]byte, error) {
	type fields SetProfileAttribute
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a AddGroupMember) MarshalJSON() ([]byte, error) {
	type fields AddGroupMember
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a RemoveGroupMember) MarshalJSON() ([]byte, error) {
	type fields RemoveGroupMember
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a CreateGroup) MarshalJSON() ([]byte, error) {
	type fields CreateGroup
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a DeleteGroup) MarshalJSON() ([]byte, error) {
	type fields DeleteGroup
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a AddGroupOwner) MarshalJSON() ([]byte, error) {
	type fields AddGroupOwner
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a RemoveGroupOwner) MarshalJSON() ([]byte, error) {
	type fields RemoveGroupOwner
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a ActivateGroupRule) MarshalJSON() ([]byte, error) {
	type fields ActivateGroupRule
	return encode(a, fields(a))
}

// MarshalJSON implements [encoding/json.Marshaler].
func (a DeactivateGroupRule) MarshalJSON() ([]byte, error) {
	type fields DeactivateGroupRule
	return encode(a, fields(a))
}
