package fetch

import "testing"

func TestTheSameFilesGiveTheSameArchive(t *testing.T) {
	archives := []string{}
	for range 2 {
		packed := &packer{}
		if err := packed.add("a/b.yaml", []byte("a: 1\n"), false); err != nil {
			t.Fatal(err)
		}
		data, err := packed.bytes()
		if err != nil {
			t.Fatal(err)
		}
		archives = append(archives, sha(data))
	}
	if wanted := "a892ff3e1d9867c80c65f655584aa5f80110b96499425cca731489543956f31d"; archives[0] != archives[1] || archives[0] != wanted {
		t.Errorf("%v, wanted %s", archives, wanted)
	}
}
