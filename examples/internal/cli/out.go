package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// ReadOut reads what the file of --out holds from an earlier run, if it is there. It
// refuses one that holds anything else than credentials, and one that could not be
// written.
func ReadOut(file string) (old oktaint.Credentials, found bool, err error) {
	old, err = oktaint.ReadCredentials(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() {
			return old, false, Usagef("--out: the folder %s is not there: name a file in one that is", filepath.Dir(file))
		}
		return oktaint.Credentials{}, false, nil
	case err != nil:
		return old, false, fmt.Errorf("--out exists and is no credentials file, so it is left alone: %w", err)
	}
	return old, true, nil
}

// OtherOut is the error of a file of --out that holds the credentials of another
// integration than the one at hand.
func OtherOut(file string, old oktaint.Credentials) error {
	return fmt.Errorf("--out %s holds the credentials of another integration (%v), so it is left alone: choose another file", file, old)
}
