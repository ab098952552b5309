package recordertest_test

import (
	"path/filepath"
	"testing"

	"github.com/rezonate-io/okta-integration/remediation"
	"github.com/rezonate-io/okta-integration/remediation/recordertest"
)

// A FileRecorder keeps what a Recorder promises.
func TestFileRecorder(t *testing.T) {
	t.Parallel()
	folders := make(map[string]string) // by test
	recordertest.Test(t, func(t *testing.T) remediation.Recorder {
		if folders[t.Name()] == "" {
			folders[t.Name()] = t.TempDir()
		}
		return &remediation.FileRecorder{Path: filepath.Join(folders[t.Name()], "records")}
	})
}
