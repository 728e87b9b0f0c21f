import assert from 'node:assert/strict'
import type {ConfigFile} from '../../../../../src/dataplane/config-file.js'
import {assembleGeneration, contentHash} from '../../../../../src/dataplane/nginx/config/generation.js'

const main: ConfigFile = {path: 'nginx.conf', text: 'stream {}\n', listeners: []}
const aFile = (name: string, text = `# ${name}\n`): ConfigFile => ({
  path: `services/${name}-${contentHash(text)}.conf`,
  text,
  owner: {kind: 'Service', namespace: 'default', name},
  listeners: [{address: '0.0.0.0', port: 80, protocol: 'TCP'}],
})

describe('assembleGeneration', () => {
  it('puts nginx.conf, version, index and the Services together, sorted by path', () => {
    const [a, b] = [aFile('a'), aFile('b')]
    const {id, files} = assembleGeneration([b, main, a])
    assert.deepEqual(files, [
      main,
      {
        path: 'version.conf',
        text: `# The generation that a worker serves.\nreturn "${id}";\n`,
        listeners: [],
      },
      {
        path: 'services.conf',
        text: `# One file for each Service, named by its content.\ninclude ${a.path};\ninclude ${b.path};\n`,
        listeners: [],
      },
      a,
      b,
    ])
    assert.match(id, /^[0-9a-f]{12}$/)
  })

  it('is the same for the same files in any order', () => {
    const files = [main, aFile('a'), aFile('b')]
    assert.deepEqual(assembleGeneration(files), assembleGeneration([...files].reverse()))
  })

  it('has another id as soon as NGINX would read something else', () => {
    const ids = [
      [main],
      [main, aFile('a')],
      [main, aFile('a', 'listen 80;\n')],
      [{...main, text: 'stream { }\n'}],
    ].map((files) => assembleGeneration(files).id)
    assert.equal(new Set(ids).size, ids.length)
  })
})

describe('contentHash', () => {
  it('is the beginning of a SHA-256', () => {
    assert.equal(contentHash('listen 80;\n'), 'ae7ea37f433f')
  })

  it('sees past comments, which NGINX does not read', () => {
    assert.equal(contentHash('# a\nlisten 80;\n  # b\n}\n'), contentHash('listen 80;\n\t# c\n}\n# last'))
    assert.notEqual(contentHash('listen 80;\n'), contentHash('listen 81;\n'))
    assert.notEqual(contentHash('a # b\n'), contentHash('a\n'))
  })
})
