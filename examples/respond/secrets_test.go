package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// Secrets go to the file of --secrets, and nowhere else.
func TestSecrets(t *testing.T) {
	t.Parallel()
	for action, status := range map[string]string{
		"expire_password_with_temp_password": "ACTIVE", "reset_password": "LOCKED_OUT", "activate_user": "STAGED", "reactivate_user": "PROVISIONED",
	} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			o := serve(t, oktatest.Config{})
			o.AddUser(oktatest.User{Login: "dana@example.com", Status: status, NoPassword: status == "STAGED"})
			args := []string{"--action", action, "--user", "dana@example.com", "--destructive", "expire_password_with_temp_password", "--destructive", "reset_password"}
			o.respond(t, args...).Check(t, cli.ExitUsage, "the answer to "+action+" is a temporary password or a link", "--secrets FILE")
			file := filepath.Join(o.Dir, "secrets.jsonl")
			args = append(args, "--secrets", file)
			digest := digest(t, o.respond(t, args...))
			if _, err := os.Stat(file); err == nil || len(o.Writes()) != 0 {
				t.Errorf("the plan has written %q, %v", o.Writes(), err)
			}
			got := o.respond(t, append(args, "--approve", digest, "--json")...)
			got.Check(t, cli.ExitDone, "1 secret kept in "+file)
			var kept struct{ User, Action, Secret string }
			if err := json.Unmarshal([]byte(clitest.ReadFile(t, file)), &kept); err != nil || kept.User != "dana@example.com" || kept.Action != action || len(kept.Secret) < 8 {
				t.Errorf("kept %q, %v", clitest.ReadFile(t, file), err)
			}
			if strings.Contains(got.Stdout+got.Stderr+clitest.ReadFile(t, o.records()), kept.Secret) {
				t.Error("the secret is in the output or in the records")
			}
			if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			o.respond(t, args...).Check(t, cli.ExitUsage, "is there already")
		})
	}
}

// An answer that goes by mail is no secret, and a file without secrets does not
// stay.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	id := o.AddUser(oktatest.User{})
	file := filepath.Join(o.Dir, "secrets.jsonl")
	args := []string{"--action", `{"kind":"reset_password","send_email":true}`, "--user", id, "--destructive", "reset_password", "--secrets", file}
	digest := digest(t, o.respond(t, args...))
	o.respond(t, append(args, "--approve", digest)...).Check(t, cli.ExitDone)
	o.want(t, id, "RECOVERY")
	if _, err := os.Stat(file); err == nil {
		t.Error("an empty file of secrets is left")
	}
}

// A secret that cannot be kept ends the run, and its user is named.
func TestLostSecret(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secrets")
	s, err := openSecrets(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openSecrets(path); !errors.Is(err, os.ErrExist) {
		t.Errorf("a file that exists is taken: %v", err)
	}
	if err := s.file.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		err := s.keep(remediation.StepResult{
			Step: remediation.Step{
				Action: remediation.ResetPassword{UserID: "00u1"}, Target: remediation.Target{Type: remediation.TargetUser, Name: fmt.Sprint("user", i)},
			},
			Secret: oktaint.NewSecret("hunter2"),
		})
		if err == nil {
			t.Fatal("it was kept in a closed file")
		}
	}
	var errs bytes.Buffer
	err = s.close(&cli.Program{Stderr: &errs})
	for _, want := range []string{"the secret of user0 was not kept, and is lost: do reset_password again", "the secret of user1"} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error()+errs.String(), "hunter2") {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
