"""Our cgroup's folder is found wherever version 2 is mounted."""

import pytest

from turbo_hipster.builds.containment import cgroup, proc

HYBRID = """\
31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
41 31 0:38 / {point} rw,relatime shared:9 - cgroup2 cgroup2 rw
"""


@pytest.fixture
def machine(monkeypatch, tmp_path):
    def describe(own, root="/", name="unified"):
        point = tmp_path / name
        (point / "system.slice/th.service").mkdir(parents=True)
        text = HYBRID.format(point=str(point).replace(" ", "\\040"))
        text = text.replace(" 0:38 / ", f" 0:38 {root} ")
        answers = {
            "/proc/self/cgroup": f"3:cpu:/x\n{own}\n",
            "/proc/self/mountinfo": text,
        }
        monkeypatch.setattr(proc, "read", lambda path: answers[path].encode())
        return point

    return describe


def test_a_services_own_cgroup_is_the_place(machine):
    point = machine("0::/system.slice/th.service")
    assert cgroup.find_base() == point / "system.slice/th.service"


def test_the_root_of_a_hybrid_layout_is_found(machine):
    point = machine("0::/")
    assert cgroup.find_base() == point


def test_a_mount_point_with_a_blank_is_understood(machine):
    point = machine("0::/", name="c groups")
    assert cgroup.find_base() == point


def test_a_containers_part_of_the_tree_is_the_root_there(machine):
    point = machine("0::/docker/af12", root="/docker/af12")
    assert cgroup.find_base() == point


def test_a_cgroup_that_no_mount_shows_is_refused(machine):
    machine("0::/elsewhere", root="/docker/af12")
    with pytest.raises(OSError, match="shows ours"):
        cgroup.find_base()


def test_a_kernel_without_version_2_is_refused(machine):
    machine("1:name=systemd:/")
    with pytest.raises(OSError, match="no version 2"):
        cgroup.find_base()
