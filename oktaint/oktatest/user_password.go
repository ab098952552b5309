package oktatest

import (
	"slices"
	"time"
)

// minPassword is how long the org's policy wants a password to be.
const minPassword = 8

// passwordBody is a password in a request: a value, or an imported one.
type passwordBody struct {
	Value string `json:"value"`
	Hash  object `json:"hash"`
	Hook  object `json:"hook"`
}

func (p *passwordBody) empty() bool {
	return p == nil || p.Value == "" && len(p.Hash) == 0 && len(p.Hook) == 0
}

// check refuses a password that the policy does not allow.
func (p *passwordBody) check() error {
	if p.Value != "" && len(p.Value) < minPassword {
		return invalid("password", "password: Password requirements were not met. Password requirements: at least 8 characters.")
	}
	return nil
}

// questionBody is a recovery question in a request.
type questionBody struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

func (q *questionBody) check() error {
	if q.Question == "" || len(q.Answer) < 4 {
		return invalid("recovery_question", "recovery_question: The question needs an answer of at least 4 characters")
	}
	return nil
}

// passwordKnown lets a user with a new password sign in.
func (u *user) passwordKnown(now time.Time) {
	if slices.Contains([]string{statusProvisioned, statusRecovery, statusExpired}, u.status) {
		u.setStatus(statusActive, now)
	}
}

// credentialsBody is the body of the operations below /credentials.
type credentialsBody struct {
	Old            passwordBody  `json:"oldPassword"`
	New            passwordBody  `json:"newPassword"`
	Password       passwordBody  `json:"password"`
	Question       *questionBody `json:"recovery_question"`
	RevokeSessions bool          `json:"revokeSessions"`
}

// credentialsChange reads a change of the credentials of the user of the
// path, who must be in one of these statuses and no directory's.
func (c *call) credentialsChange(refusal error, statuses ...string) (*user, *credentialsBody, error) {
	u, err := c.userByIDToChange()
	if err != nil {
		return nil, nil, err
	}
	if !slices.Contains(statuses, u.status) || u.mastered() {
		return nil, nil, refusal
	}
	in := &credentialsBody{}
	if len(c.body) == 0 {
		return u, in, nil
	}
	return u, in, c.decode(in)
}

// changePassword sets a password by the old one.
func (c *call) changePassword() (reply, error) {
	u, in, err := c.credentialsChange(errChangePassword, statusStaged, statusActive, statusExpired, statusRecovery)
	if err != nil {
		return reply{}, err
	}
	if !u.knows(in.Old.Value) {
		return reply{}, errCredentials
	}
	return c.takePassword(u, in.New.Value, in.RevokeSessions)
}

// knows reports whether a value is the user's password.
func (u *user) knows(value string) bool { return u.hasPassword && value != "" && u.password == value }

// takePassword sets the password that a user has chosen.
func (c *call) takePassword(u *user, value string, revoke bool) (reply, error) {
	if len(value) < minPassword {
		return reply{}, errComplexity
	}
	now := c.org.now()
	u.setPassword(value, now)
	u.passwordKnown(now)
	if revoke {
		u.sessions = 0
	}
	c.recordAbout("user.account.update_password", "User update password for Okta", partyOfUser(u))
	c.org.userChanged(u)
	return ok(u.viewCredentials())
}

// changeRecoveryQuestion sets a question by the password.
func (c *call) changeRecoveryQuestion() (reply, error) {
	u, in, err := c.credentialsChange(errChangeQuestion, statusStaged, statusActive, statusRecovery)
	if err != nil {
		return reply{}, err
	}
	if in.Question == nil {
		return reply{}, invalid("recovery_question", "recovery_question: The field cannot be left blank")
	}
	if err := in.Question.check(); err != nil {
		return reply{}, err
	}
	if !u.knows(in.Password.Value) {
		return reply{}, errCredentials
	}
	u.question, u.answer = in.Question.Question, in.Question.Answer
	u.touch(c.org.now())
	return ok(u.viewCredentials())
}

// forgotPassword starts the recovery of a password, or finishes it if the
// request has the answer to the recovery question.
func (c *call) forgotPassword() (reply, error) {
	u, in, err := c.credentialsChange(errForgotPassword, statusActive)
	if err != nil {
		return reply{}, err
	}
	if !u.hasPassword {
		return reply{}, errForgotPassword
	}
	if in.Question != nil {
		return c.recoverPassword(u, in)
	}
	byEmail, err := c.flag("sendEmail", true)
	if err != nil {
		return reply{}, err
	}
	c.recordAbout("user.account.reset_password", "User reset password for Okta", partyOfUser(u))
	if byEmail {
		return ok(object{})
	}
	return ok(object{"resetPasswordUrl": c.org.href("signin/reset-password", randomText(20))})
}

// forgotPasswordByQuestion sets a password by the answer to the question.
func (c *call) forgotPasswordByQuestion() (reply, error) {
	u, in, err := c.credentialsChange(errForgotPassword, statusActive)
	if err != nil {
		return reply{}, err
	}
	return c.recoverPassword(u, in)
}

func (c *call) recoverPassword(u *user, in *credentialsBody) (reply, error) {
	switch {
	case u.question == "" || !u.hasPassword:
		return reply{}, errForgotPassword
	case in.Question == nil || in.Question.Answer != u.answer:
		return reply{}, errCredentials
	}
	return c.takePassword(u, in.Password.Value, false)
}
