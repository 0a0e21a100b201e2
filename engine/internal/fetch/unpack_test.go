package fetch

import (
	"archive/tar"
	"maps"
	"strings"
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

func TestAChartIsUnpackedWithoutItsFolder(t *testing.T) {
	found, failed := unpackedFiles(t, chartArchive(t, "web", "1.0.0"), true)
	wanted := map[string]string{"Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "templates/all.yaml": "kind: ConfigMap\n"}
	if failed != nil || !maps.Equal(found, wanted) {
		t.Errorf("%v, %v", found, failed)
	}
}

func TestArchivesThatLeaveTheirFolder(t *testing.T) {
	for _, name := range []string{"../evil", "a/../../evil", "/etc/evil", `..\evil`, `C:\evil`, "./../evil"} {
		_, failed := unpackedFiles(t, tarball(t, entry{name: name, text: "x"}), false)
		if failed == nil || failed.Kind != fault.OutsideRoot || failed.Message != "the archive a.tgz holds '"+name+"', which leaves its folder" {
			t.Errorf("%s: %v", name, failed)
		}
	}
}

func TestLinksStayInside(t *testing.T) {
	link := func(name, target string) entry { return entry{name: name, link: target, kind: tar.TypeSymlink} }
	found, failed := unpackedFiles(t, tarball(t,
		entry{name: "d/real.yaml", text: "a: 1\n"},
		link("good.yaml", "d/real.yaml"), link("d/up.yaml", "../d/real.yaml"),
		link("evil", "../../secret"), link("absolute", "/etc/passwd"),
		link("self", "."), link("far", "self/self/../../.."), link("self/through", "/etc"),
		link("nowhere", "missing"),
	), false)
	wanted := map[string]string{"d/real.yaml": "a: 1\n", "good.yaml": "-> d/real.yaml", "d/up.yaml": "-> ../d/real.yaml", "self": "-> ."}
	if failed != nil || !maps.Equal(found, wanted) {
		t.Errorf("%v, %v", found, failed)
	}
}

func TestAFileIsNotWrittenThroughALink(t *testing.T) {
	found, failed := unpackedFiles(t, tarball(t,
		entry{name: "d", link: "/tmp", kind: tar.TypeSymlink}, entry{name: "d/evil", text: "x"}), false)
	if failed != nil || !maps.Equal(found, map[string]string{"d/evil": "x"}) {
		t.Errorf("%v, %v", found, failed)
	}
}

func TestOtherEntriesAreRefused(t *testing.T) {
	_, failed := unpackedFiles(t, tarball(t, entry{name: "pipe", kind: tar.TypeFifo}), false)
	if failed == nil || failed.Message != "the archive a.tgz holds 'pipe', which is neither a file nor a symbolic link" {
		t.Errorf("%v", failed)
	}
	_, failed = unpackedFiles(t, tarball(t, entry{name: "hard", link: "/etc/passwd", kind: tar.TypeLink}), false)
	if failed == nil || failed.Message != "the archive a.tgz holds 'hard', which is neither a file nor a symbolic link" {
		t.Errorf("%v", failed)
	}
}

func TestABombIsRefusedBeforeItIsUnpacked(t *testing.T) {
	work := &unpacking{folder: t.TempDir(), name: "bomb.tgz", left: 1000, total: &Unpacker{}}
	err := work.run(tarball(t, entry{name: "zeros", text: strings.Repeat("\x00", 100_000)}))
	if failed := fault.From(err); failed.Kind != fault.TooLarge || work.files != 0 {
		t.Errorf("%v, %d files", err, work.files)
	}
}

func TestAllArchivesTogetherHaveABound(t *testing.T) {
	total := &Unpacker{}
	total.bytes.Store(maxTotal - 10)
	work := &unpacking{folder: t.TempDir(), name: "a.tgz", left: maxUnpacked, total: total}
	err := work.run(tarball(t, entry{name: "a.yaml", text: "eleven bytes"}))
	if failed := fault.From(err); failed.Kind != fault.TooLarge || work.files != 0 {
		t.Errorf("%v, %d files", err, work.files)
	}
}

func TestADamagedArchive(t *testing.T) {
	whole := chartArchive(t, "web", "1.0.0")
	_, failed := unpackedFiles(t, whole[:len(whole)-30], true)
	if failed == nil || failed.Message != "the archive a.tgz is damaged: unexpected EOF" {
		t.Errorf("%v", failed)
	}
}
