package durable

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile makes data the content of the file at path, with the mode 0600: by a
// temporary file in the same folder, which takes the place of the old one, so that
// at any moment, and after a crash, the file is the old one or the new one, whole.
// It is on the disk when WriteFile returns. Its folder must exist.
//
// Only a regular file is replaced. A symbolic link stays, and the file that it
// leads to is replaced or made. A file with more than one name (hard links) is
// refused, because its other names would keep the old content.
//
// If WriteFile fails, the temporary file is removed. If only the last step has
// failed, which puts the folder on the disk, the file is already the new one.
func WriteFile(path string, data []byte) error { return writeFile(real{}, path, data) }

func writeFile(sys system, path string, data []byte) error {
	target, err := replaceable(path)
	if err == nil {
		err = put(sys, target, temporary(target), data, sys.rename)
	}
	return wrap(path, err)
}

// Create writes a file as [WriteFile] does, but replaces nothing: the error wraps
// [fs.ErrExist] if there is anything at path, a symbolic link included. Of several
// that create the same file at once, one succeeds.
func Create(path string, data []byte) error { return create(real{}, path, data) }

func create(sys system, path string, data []byte) error {
	switch _, err := os.Lstat(path); {
	case path == "":
		return wrap(path, errEmpty)
	case err == nil:
		return wrap(path, fs.ErrExist)
	}
	temp := temporary(path)
	return wrap(path, put(sys, path, temp, data, func(from, to string) error {
		if err := sys.link(from, to); err != nil { // unlike rename it replaces nothing
			return err
		}
		return sys.remove(from)
	}))
}

func wrap(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("durable: writing %s: %w", path, cause(err))
}

// cause drops the operation and the name from an error of the file system: the
// name may be that of a temporary file.
func cause(err error) error {
	if e, ok := err.(*fs.PathError); ok {
		return e.Err
	}
	if e, ok := err.(*os.LinkError); ok {
		return e.Err
	}
	return err
}

// temporary returns the name of a new file in the folder of path.
func temporary(path string) string {
	dir, base := filepath.Split(path)
	return fmt.Sprintf("%s.%.100s.%s", dir, base, rand.Text())
}

// folderOf returns the folder of a file. It is not [filepath.Dir], which takes
// "link/.." for the folder of the link.
func folderOf(path string) string {
	dir, _ := filepath.Split(path)
	return cmp.Or(dir, ".")
}

// put writes data to the file temp, and move takes it to path. The folder is opened
// first: if that fails, nothing could be made durable, and nothing is touched.
func put(sys system, path, temp string, data []byte, move func(from, to string) error) error {
	dir, err := sys.openDir(folderOf(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	f, err := sys.create(temp)
	if err != nil {
		return err
	}
	if err = fill(f, data); err == nil {
		err = move(temp, path)
	}
	if err != nil {
		return cleanUp(sys, temp, err)
	}
	return dir.Sync()
}

// fill writes data to a new file and closes it.
func fill(f file, data []byte) error {
	_, err := f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return cmp.Or(err, f.Close())
}

// cleanUp removes a temporary file after err.
func cleanUp(sys system, temp string, err error) error {
	if left := sys.remove(temp); left != nil && !errors.Is(left, fs.ErrNotExist) {
		return fmt.Errorf("%w; remove the file %s, which holds the new content: %w", cause(err), temp, cause(left))
	}
	return err
}

// replaceable returns the file that path leads to, through symbolic links, if it
// can be replaced: it is a regular file with one name, or nothing yet.
func replaceable(path string) (target string, err error) {
	target, info, err := follow(path)
	if err != nil || info == nil {
		return target, err
	}
	if err := regular(info); err != nil {
		return "", err
	}
	n, err := links(target, info)
	if err == nil && n > 1 {
		err = fmt.Errorf("the file has %d names (hard links), and the others would keep the old content: remove the others, or copy the file", n)
	}
	return target, err
}

var errEmpty = errors.New("the path is empty")

// follow returns the file that path leads to, which is not a symbolic link, and its
// info, which is nil if the file does not exist.
func follow(path string) (target string, info fs.FileInfo, err error) {
	if path == "" {
		return "", nil, errEmpty
	}
	// The system is asked first: the text of a link such as /dev/stdout does not always
	// lead to the file.
	if info, err := os.Stat(path); err == nil && regular(info) != nil {
		return path, info, nil
	}
	for range 40 {
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return path, nil, nil
		case err != nil:
			return "", nil, err
		case info.Mode()&fs.ModeSymlink == 0:
			return path, info, nil
		}
		text, err := os.Readlink(path)
		if err != nil {
			return "", nil, err
		}
		if !filepath.IsAbs(text) { // not by filepath.Join: see folderOf
			text = folderOf(path) + string(filepath.Separator) + text
		}
		path = text
	}
	return "", nil, errors.New("there are too many symbolic links")
}

// regular says what is wrong with anything but a regular file.
func regular(info fs.FileInfo) error {
	var what string
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		what = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		what = "a named pipe (FIFO)"
	case mode&fs.ModeSocket != 0:
		what = "a socket"
	case mode&fs.ModeDevice != 0:
		what = "a device"
	default:
		what = "something special"
	}
	return fmt.Errorf("it is %s: name a regular file, or one that does not exist yet", what)
}
