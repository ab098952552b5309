package oktatest_test

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestDeviceLifecycle tries every operation in every status of a device.
func TestDeviceLifecycle(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	statuses := []string{"CREATED", "ACTIVE", "SUSPENDED", "DEACTIVATED"}
	const no = "400"
	for operation, want := range map[string][]string{
		"/lifecycle/activate":   {"ACTIVE", no, no, "ACTIVE"},
		"/lifecycle/deactivate": {no, "DEACTIVATED", "DEACTIVATED", no},
		"/lifecycle/suspend":    {no, "SUSPENDED", no, no},
		"/lifecycle/unsuspend":  {no, no, "ACTIVE", no},
		"":                      {no, no, no, "gone"},
	} {
		for i, status := range statuses {
			user := c.org.AddUser(oktatest.User{})
			id := c.org.AddDevice(user)
			c.put("/api/v1/devices", object{"id": id, "status": status})
			path, method := "/api/v1/devices/"+id, "POST"
			if operation == "" {
				method = "DELETE"
			}
			links := c.admin("GET", path, nil).want(t, 200).json(t)["_links"].(object)
			if _, offered := links[strings.TrimPrefix(operation, "/lifecycle/")]; operation != "" && offered != (want[i] != no) {
				t.Errorf("%s of %s is offered: %v", operation, status, offered)
			}
			a, got := c.admin(method, path+operation, nil), no
			if a.status == 400 {
				a.wantError(t, 400, "E0000001", "status")
			} else if a.want(t, 204); operation == "" {
				c.admin("GET", path, nil).wantError(t, 404, "E0000007", "(UDDevice)")
				got = "gone"
			} else {
				got = c.admin("GET", path, nil).want(t, 200).text(t, "status")
			}
			if got != want[i] {
				t.Errorf("%s of %s: %s, want %s", operation, status, got, want[i])
			}
			devices := len(c.admin("GET", usersPath+user+"/devices", nil).want(t, 200).list(t))
			if lost := got == "DEACTIVATED" || got == "gone"; (devices == 0) != lost {
				t.Errorf("%s of %s: the user has %d devices", operation, status, devices)
			}
		}
	}
	c.admin("POST", "/api/v1/devices/guonone/lifecycle/suspend", nil).wantError(t, 404, "E0000007", "(UDDevice)")
	c.admin("POST", "/api/v1/devices/guonone/lifecycle/suspend?x=1", nil).wantError(t, 400, "E0000001", "x")
}

// TestAddDevice shows a device on both of its sides, with a link of its own for each user.
func TestAddDevice(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	ada, bob := c.org.AddUser(oktatest.User{}), c.org.AddUser(oktatest.User{})
	id := c.org.AddDevice(ada, bob)
	c.wantLast("device.enrollment.create SUCCESS <nil> Device:"+id, "device.user.add SUCCESS <nil> Device:"+id, "device.user.add SUCCESS <nil> Device:"+id)
	if got := c.admin("GET", "/api/v1/devices/"+id+"/users", nil).want(t, 200).list(t); len(got) != 2 {
		t.Errorf("users = %v", got)
	}
	links := map[any]bool{}
	for _, user := range []string{ada, bob} {
		mine := c.admin("GET", usersPath+user+"/devices", nil).want(t, 200).list(t)
		if len(mine) != 1 || mine[0]["device"].(object)["id"] != id {
			t.Fatalf("devices = %v", mine)
		}
		links[mine[0]["deviceUserId"]] = true
	}
	if len(links) != 2 {
		t.Errorf("links = %v", links)
	}
}
