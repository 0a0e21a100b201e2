package verbs

import (
	"crypto/sha256"
	"encoding/binary"
	"path"
	"strings"
	"sync"

	"github.com/mitchellh/copystructure"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
)

const (
	// maxCachedBytes bounds what all remembered charts hold, about; one that holds more than a part of it is not kept.
	maxCachedBytes = 64 << 20
	maxCachedParts = 8
	// nodeBytes is about what one value costs beside its text.
	nodeBytes = 100
)

// loadedChart is what the files of a chart alone tell; nothing may change it.
type loadedChart struct {
	chart *chart.Chart
	// openSchemas gives, by the path below the chart's folder, why a schema was left out.
	openSchemas map[string]string
	// mentionsFiles says whether a template, or a value that a template may evaluate, may read the chart's other files.
	mentionsFiles bool
}

// chartCache keeps loaded charts by their files: many releases are of one chart.
type chartCache struct {
	limit  int
	lock   sync.Mutex
	charts map[[sha256.Size]byte]*loadedChart
	bytes  int
}

var loadedCharts = newChartCache(maxCachedBytes)

func newChartCache(limit int) *chartCache {
	return &chartCache{limit: limit, charts: map[[sha256.Size]byte]*loadedChart{}}
}

// load gives the chart of these files, which is shared: who changes it takes a copy.
func (c *chartCache) load(files []*archive.BufferedFile) (*loadedChart, error) {
	key := digestOf(files)
	c.lock.Lock()
	known := c.charts[key]
	c.lock.Unlock()
	if known != nil {
		return known, nil
	}
	loaded, err := loadChart(files)
	if err != nil {
		return nil, err
	}
	c.keep(key, loaded, weight(loaded.chart))
	return loaded, nil
}

// keep remembers a chart; where there is no room, all others are forgotten.
func (c *chartCache) keep(key [sha256.Size]byte, loaded *loadedChart, size int) {
	if size > c.limit/maxCachedParts {
		return
	}
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.bytes+size > c.limit {
		clear(c.charts)
		c.bytes = 0
	}
	c.charts[key] = loaded
	c.bytes += size
}

// digestOf tells the files of charts apart, by their names, lengths and bytes in order.
func digestOf(files []*archive.BufferedFile) [sha256.Size]byte {
	sum := sha256.New()
	for _, file := range files {
		for _, part := range [][]byte{[]byte(file.Name), file.Data} {
			var length [8]byte
			binary.LittleEndian.PutUint64(length[:], uint64(len(part)))
			sum.Write(length[:])
			sum.Write(part)
		}
	}
	return [sha256.Size]byte(sum.Sum(nil))
}

func loadChart(files []*archive.BufferedFile) (*loadedChart, error) {
	copies := make([]*archive.BufferedFile, 0, len(files))
	for _, file := range files {
		// Helm renames the files of dependencies.
		copied := *file
		copies = append(copies, &copied)
	}
	made, err := loader.LoadFiles(copies)
	if err != nil {
		return nil, err
	}
	loaded := &loadedChart{chart: made, openSchemas: map[string]string{}, mentionsFiles: mayMentionFiles(files)}
	dropOpenSchemas(made, "", loaded.openSchemas)
	return loaded, nil
}

// mayMentionFiles says whether a template of a chart, or its values.yaml, may get at .Files.
func mayMentionFiles(files []*archive.BufferedFile) bool {
	for _, file := range files {
		if strings.HasSuffix(file.Name, ".tgz") {
			return true
		}
		isText := strings.Contains(file.Name, "templates/") || path.Base(file.Name) == "values.yaml"
		if isText && mentionsFiles(string(file.Data)) {
			return true
		}
	}
	return false
}

// copyChart gives a chart that a rendering may change: of what is shared then, templates and files, none can be.
func copyChart(original *chart.Chart) (*chart.Chart, error) {
	metadata, err := copystructure.Copy(original.Metadata)
	if err != nil {
		return nil, err
	}
	copied := *original
	copied.Metadata, _ = metadata.(*chart.Metadata)
	if original.Values != nil {
		copied.Values, _ = deepCopy(original.Values).(map[string]any)
	}
	copied.SetDependencies()
	for _, dependency := range original.Dependencies() {
		below, err := copyChart(dependency)
		if err != nil {
			return nil, err
		}
		copied.AddDependency(below)
	}
	return &copied, nil
}

// weight is about how many bytes a loaded chart holds: its files, and the values of it and its dependencies.
func weight(loaded *chart.Chart) int {
	size := nodesOf(loaded.Values) * nodeBytes
	for _, file := range loaded.Raw {
		size += nodeBytes + len(file.Data)
	}
	for _, dependency := range loaded.Dependencies() {
		size += weight(dependency)
	}
	return size
}

func nodesOf(value any) int {
	nodes := 1
	switch typed := value.(type) {
	case map[string]any:
		for _, item := range typed {
			nodes += nodesOf(item)
		}
	case []any:
		for _, item := range typed {
			nodes += nodesOf(item)
		}
	}
	return nodes
}
