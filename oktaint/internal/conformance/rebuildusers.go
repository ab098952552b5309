package conformance

import "strings"

// The words in which requests about credentials are made anew.
const (
	samplePassword = "Super#Secret@007"
	sampleAnswer   = "Asterisk"
)

// rebuildOfUser returns the request below a user that can have had the answer,
// nil for one without a body.
func rebuildOfUser(e exchange, answer map[string]any) any {
	_, operation, _ := strings.Cut(e.Template, "{userId}")
	switch operation {
	case "":
		return map[string]any{"profile": answer["profile"]}
	case "/factors":
		return map[string]any{"factorType": answer["factorType"], "provider": answer["provider"], "profile": answer["profile"]}
	case "/credentials/change_recovery_question", "/credentials/forgot_password_recovery_question":
		return rebuildRecovery(answer)
	case "/credentials/forgot_password":
		if answer["recovery_question"] != nil {
			return rebuildRecovery(answer)
		}
	}
	return nil
}

// rebuildRecovery returns a request with a password and the recorded question.
func rebuildRecovery(answer map[string]any) any {
	question, _ := answer["recovery_question"].(map[string]any)
	return map[string]any{
		"password":          map[string]any{"value": samplePassword},
		"recovery_question": map[string]any{"question": question["question"], "answer": sampleAnswer},
	}
}
