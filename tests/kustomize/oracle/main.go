// oracle [FLAGS OF kustomize build]: what `kustomize build` makes of each folder that a line of stdin names, one JSON
// line each: {"objects": [{"object": {...}, "origin": {"path": ...}}]}, or {"error": "..."} when nothing is built.
// The code is that of kustomize's own command; one process spares its start for each of many folders. Objects are what
// kubectl reads of its output. Where they come from is learnt by a second build that asks for it.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kustomize/v5/commands/build"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

const origin = "config.kubernetes.io/origin"

// The files of the disk, but that one kustomization asks for the origin of each object.
type asking struct {
	filesys.FileSystem
	path string
}

func (a asking) ReadFile(path string) ([]byte, error) {
	bytes, err := a.FileSystem.ReadFile(path)
	if err == nil && path == a.path {
		bytes = append(bytes, "\nbuildMetadata: [originAnnotations]\n"...)
	}
	return bytes, err
}

type object = map[string]any

func read(output []byte) ([]object, error) {
	objects := []object{}
	for _, text := range bytes.Split(append([]byte("\n"), output...), []byte("\n---\n")) {
		var o object
		if err := yaml.Unmarshal(text, &o); err != nil {
			return nil, err
		}
		if o != nil {
			objects = append(objects, o)
		}
	}
	return objects, nil
}

func run(fs filesys.FileSystem, folder string) (objects []object, err error) {
	defer func() { // some input makes it panic
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	var out bytes.Buffer
	command := build.NewCmdBuild(fs, build.MakeHelp("kustomize", "build"), &out)
	command.SetArgs(append(os.Args[1:len(os.Args):len(os.Args)], folder))
	command.SetErr(io.Discard)
	command.SilenceErrors = true
	if err := command.Execute(); err != nil {
		return nil, err
	}
	return read(out.Bytes())
}

// Takes away what the second build has added; nil when there was nothing.
func takeOrigin(o object) any {
	metadata, _ := o["metadata"].(object)
	annotations, _ := metadata["annotations"].(object)
	text, found := annotations[origin].(string)
	var value any
	if !found || yaml.Unmarshal([]byte(text), &value) != nil {
		return nil
	}
	return value
}

func origins(folder string, count int) []any {
	values := make([]any, count)
	absolute, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return values
	}
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		objects, err := run(asking{filesys.MakeFsOnDisk(), filepath.Join(absolute, name)}, folder)
		if err != nil || len(objects) != count {
			continue
		}
		for i, o := range objects {
			if value := takeOrigin(o); value != nil {
				values[i] = value
			}
		}
	}
	return values
}

func isOurs(o object) bool {
	version, _ := o["apiVersion"].(string)
	return strings.Contains(version, "cnpg.io/") || o["kind"] == "Secret" || o["kind"] == "ExternalSecret"
}

func answer(folder string) any {
	objects, err := run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return object{"error": err.Error()}
	}
	values, list := make([]any, len(objects)), make([]any, len(objects))
	for _, o := range objects {
		if isOurs(o) {
			values = origins(folder, len(objects))
			break
		}
	}
	for i, o := range objects {
		list[i] = object{"object": o, "origin": values[i]}
	}
	return object{"objects": list}
}

func main() {
	in, out := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for in.Scan() {
		if err := out.Encode(answer(in.Text())); err != nil {
			fmt.Fprintln(os.Stderr, "oracle:", err)
			os.Exit(1)
		}
	}
}
