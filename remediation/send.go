package remediation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

const (
	// grace is how much longer a request that is on the wire may take when the run's
	// context ends.
	grace = 10 * time.Second
	// settles is how long a look is repeated until it shows what was done.
	settles = 10 * time.Second
	// sends is how often a step is sent at most whose answer is lost.
	sends = 3
)

// errNotSent marks a request that nobody has sent: the caller had given up before.
var errNotSent = errors.New("it was not sent")

// first sends a step's request for the first time.
func (x *run) first(ctx context.Context, res *StepResult, v *view) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", errNotSent, err)
	}
	return x.once(oktaint.WithGrace(ctx, grace), res, v)
}

// send finds out what came of a step's request, and sends it again until its outcome
// is known, or cannot be. sendErr is what the first attempt came to. It leaves
// the outcome in res, and returns the user as last seen. An error is about what would
// be sent next as well.
func (x *run) send(ctx context.Context, res *StepResult, v *view, sendErr error) (*userView, error) {
	if errors.Is(sendErr, errNotSent) {
		res.Outcome, res.err = OutcomeFailed, sendErr
		return nil, fmt.Errorf("remediation: the run was ended early: %w", ctx.Err())
	}
	for n := 1; ; n++ {
		next, again, err := x.cameOf(ctx, res, v, n, sendErr)
		if !again {
			return next, err
		}
		if err := sleep(ctx, time.Duration(n)*time.Second); err != nil {
			res.Outcome, res.err = OutcomeUnknown, fmt.Errorf("the answer was lost: %w", err)
			return next, nil
		}
		sendErr = x.once(oktaint.WithGrace(ctx, grace), res, v)
	}
}

// cameOf looks at what came of the n-th time that a step's request was sent. again asks
// for another time.
func (x *run) cameOf(caller context.Context, res *StepResult, v *view, n int, sendErr error) (next *userView, again bool, err error) {
	ctx, cancel := afterwards(caller)
	defer cancel()
	switch {
	case sendErr == nil:
		next, err = x.verify(ctx, res, v)
		return next, false, err
	case !oktaint.Ambiguous(sendErr):
		next, err = x.rejected(ctx, res, v, n, sendErr)
		return next, false, err
	}
	next, there, err := x.until(ctx, res, v, time.Second, State.equal)
	switch {
	case err != nil:
		res.Outcome, res.err = OutcomeUnknown, fmt.Errorf("the answer was lost and the target cannot be read: %w", sendErr)
		return nil, false, err
	case there:
		res.Outcome = OutcomeDone
		if res.Action.Facts().Secret {
			res.err = errLostSecret
		}
		return next, false, nil
	case !res.Action.Facts().Repeatable || !unmoved(v.user, next, res) || n == sends || caller.Err() != nil:
		res.Outcome, res.err = OutcomeUnknown, fmt.Errorf("the answer was lost, and what the org shows does not tell whether it took effect: %w", sendErr)
		return next, false, nil
	}
	return next, true, nil
}

// afterwards returns the context of the looks that follow a request. They change
// nothing and tell what the request did, so they get the grace period too when the
// caller gives up.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	looks, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return looks, func() {
		stop()
		cancel()
	}
}

// unmoved reports whether nothing has happened to the target since it was looked at
// before: not even there and back again.
func unmoved(before, now *userView, res *StepResult) bool {
	return res.Now.equal(res.Before) && (before == nil || now == nil || now.statusChanged.Equal(before.statusChanged))
}

var errLostSecret = errors.New("it is done, but the answer is lost, and with it the link or the temporary password: reset_password gives another link, set_password another password, and reactivate_user a link to a user who never signed in")

// once sends the request and reads the answer.
func (x *run) once(ctx context.Context, res *StepResult, v *view) error {
	a := drawn(res.Action)
	if k := a.Facts().Kind; !a.Facts().Repeatable || k == KindDeleteUser {
		ctx = oktaint.MarkUnrepeatable(ctx) // at least not without a look in between
	}
	req, err := request(ctx, x.c.Org, a, v)
	if err != nil {
		return err
	}
	var answer json.RawMessage
	header, err := x.c.DoHeader(req, expected(a, req, &answer))
	if err != nil {
		return scrub(err, a)
	}
	res.RequestID, res.answered = header.Get("X-Okta-Request-Id"), dateOf(header)
	return x.readAnswer(res, v, answer)
}

// expected returns what the answer to an action's request is read into. Okta answers
// a DELETE with 204, and what it makes with its id; other answers may be empty.
func expected(a Action, req *http.Request, answer *json.RawMessage) any {
	switch {
	case req.Method == http.MethodDelete:
		return oktaint.NoContent{}
	case a.Facts().Kind == KindCreateGroup:
		return oktaint.Checked(answer, func() bool {
			var made struct{ ID string }
			return json.Unmarshal(*answer, &made) == nil && made.ID != ""
		})
	}
	return oktaint.Optional(answer)
}

// drawn returns the action with what is chosen anew each time it is sent.
func drawn(a Action) Action {
	if p, ok := a.(SetPassword); ok && p.Random {
		return SetPassword{UserID: p.UserID, Password: randomPassword()}
	}
	return a
}

// readAnswer takes out of an answer what nobody else gets, and the id of what was
// made.
func (x *run) readAnswer(res *StepResult, v *view, answer json.RawMessage) error {
	if len(answer) == 0 {
		return nil
	}
	var doc struct {
		ID               string
		ActivationURL    string
		ResetPasswordURL string
		TempPassword     string
	}
	if json.Unmarshal(answer, &doc) != nil {
		return nil // it was done; the answer is of no use
	}
	res.Secret = oktaint.NewSecret(doc.ActivationURL + doc.ResetPasswordURL + doc.TempPassword)
	if res.Action.Facts().Kind == KindCreateGroup && doc.ID != "" {
		v.group.id, res.Target.ID = doc.ID, doc.ID
	}
	return nil
}

func dateOf(h http.Header) time.Time {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return at
}

// rejected is the end of a step that the org has refused, unless it was done all
// the same: by somebody else meanwhile, or by an attempt before.
func (x *run) rejected(ctx context.Context, res *StepResult, v *view, n int, err error) (*userView, error) {
	res.Outcome, res.err = OutcomeFailed, err
	e, answered := answerOf(err)
	if !answered || e.StatusCode == http.StatusTooManyRequests {
		return nil, fmt.Errorf("remediation: %s of %s was not sent: %w", res.Action.Facts().Kind, res.Target, err) // and neither would be what comes after it
	}
	res.RequestID = e.RequestID
	switch {
	case e.StatusCode == http.StatusPreconditionFailed:
		res.Outcome, res.err = OutcomeChanged, fmt.Errorf("the user was changed at the same moment: plan and approve it again: %w", err)
	case oktaint.Lacks(err, oktaint.LacksRole):
		res.err = fmt.Errorf("%w (%s needs %s of a custom role; and only a Super Admin may act on admins)", err,
			res.Action.Facts().Kind, strings.Join(res.Action.Facts().Permissions, " and "))
	case e.Code == "E0000023":
		res.err = fmt.Errorf("another system masters the user: do it there: %w", err)
	case e.StatusCode != http.StatusUnauthorized:
		next, there, lookErr := x.glance(ctx, res, v, State.equal)
		if lookErr == nil && there {
			res.Outcome, res.err = OutcomeAlready, nil
			if n > 1 {
				res.Outcome = OutcomeDone
			}
		}
		return next, lookErr
	}
	return nil, nil
}

// scrub takes a password that was sent out of an error, in case the org repeats it.
func scrub(err error, a Action) error {
	set, ok := a.(SetPassword)
	var e *oktaint.Error
	if !ok || set.Password.IsZero() || !errors.As(err, &e) {
		return err
	}
	clean := func(s string) string { return strings.ReplaceAll(s, set.Password.Reveal(), "redacted") }
	c := *e
	c.Summary, c.OAuthDescription, c.Hint = clean(c.Summary), clean(c.OAuthDescription), clean(c.Hint)
	c.Causes = nil
	for _, cause := range e.Causes {
		c.Causes = append(c.Causes, clean(cause))
	}
	return &c
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
