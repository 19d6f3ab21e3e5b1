// Reads YAML as kubeadm does: each line of the input is a text as JSON, each line of the output its documents as JSON.
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// documents splits a text as kubeadm does, and makes JSON of each part.
func documents(text string) ([]json.RawMessage, error) {
	found := []json.RawMessage{}
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for {
		part, err := reader.Read()
		if err == io.EOF {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		document, err := yaml.YAMLToJSON(part)
		if err != nil {
			return nil, err
		}
		found = append(found, document)
	}
}

func main() {
	texts, answers := json.NewDecoder(bufio.NewReader(os.Stdin)), json.NewEncoder(os.Stdout)
	for {
		var text string
		if err := texts.Decode(&text); err != nil {
			return
		}
		found, err := documents(text)
		if err != nil {
			answers.Encode(map[string]string{"error": err.Error()})
			continue
		}
		answers.Encode(map[string]any{"documents": found})
	}
}
