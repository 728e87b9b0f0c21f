/**
 * Plain YAML scalars are read as kubectl reads them, because a value that it parses as a boolean or a number reaches the API
 * server as one (https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/resolve.go). That is YAML 1.2 with
 * the booleans and integers of 1.1.
 */
import {Schema, type ScalarTag} from 'yaml'

const boolean: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  identify: (value) => typeof value === 'boolean',
  test: /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON|n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/,
  resolve: (text) => /^(?:y|t|on)/i.test(text),
}

const integer: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  identify: (value) => Number.isInteger(value),
  test: /^[-+]?(?:0[xX][\da-fA-F_]*[\da-fA-F]|0[bB][01_]*[01]|0[oO]?[0-7_]*[0-7]|[1-9][\d_]*)$/,
  resolve: (text) => {
    const digits = text.replace(/[-+_]/g, '').replace(/^0(?=\d)/, '0o')
    return text.startsWith('-') ? -Number(digits) : Number(digits)
  },
}

/** Shared by all documents: creating one takes as long as parsing a small document. */
export const KUBERNETES_SCHEMA = new Schema({
  schema: 'core',
  merge: true,
  resolveKnownTags: false,
  customTags: (tags) => [boolean, integer, ...tags],
})
