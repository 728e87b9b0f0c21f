/** What must hold of the Dockerfile, since nothing but a container engine builds it. test/install/ runs its steps. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {instructionsOf} from '../../scripts/package/dockerfile.js'
import {NODE_VERSION} from '../../scripts/package/node-binary.js'
import {thisProject} from './project.js'

const read = (name: string) => readFileSync(join(thisProject().root, name), 'utf8')

describe('package: the Dockerfile', () => {
  const instructions = instructionsOf(read('Dockerfile'))
  const all = (word: string) => instructions.filter(({name}) => name === word).map(({value}) => value)

  it('starts from images with a digest, and builds with the Node that the other packages bring', () => {
    const [build = '', final = '', ...others] = all('FROM')
    assert.match(build, /^\S+@sha256:[0-9a-f]{64} AS build$/)
    assert.equal(build.split('@')[0], `node:${NODE_VERSION}-bookworm-slim`)
    assert.match(final, /^debian:13\.\d+-slim@sha256:[0-9a-f]{64}$/)
    assert.deepEqual(others, [])
  })

  it('ends as a user who is not root, known by number', () => {
    assert.equal(all('USER').at(-1), '65532:65532')
    assert.ok(all('RUN').some((step) => step.includes('--uid 65532')))
  })

  it('starts lbex without a shell in between, so that signals arrive', () => {
    assert.deepEqual(
      all('ENTRYPOINT').map((value) => JSON.parse(value)),
      [['/usr/bin/lbex']],
    )
    assert.deepEqual(
      all('CMD').map((value) => JSON.parse(value)),
      [['run']],
    )
    assert.deepEqual(all('STOPSIGNAL'), ['SIGTERM'])
  })

  it('writes to one folder only', () => {
    assert.deepEqual(
      all('VOLUME').map((value) => JSON.parse(value)),
      [['/var/lib/lbex']],
    )
    assert.deepEqual(all('ENV'), ['LBEX_NGINX_DIR=/var/lib/lbex/nginx'])
  })

  it('asks for its health without another program', () => {
    const [check = ''] = all('HEALTHCHECK')
    const command = JSON.parse(check.slice(check.indexOf('['))) as string[]
    assert.deepEqual(command.slice(0, 2), ['/usr/lib/lbex/node', '-e'])
  })

  it('has the security fixes, keeps no lists of packages, and installs nothing that is only recommended', () => {
    const installs = all('RUN').filter((step) => step.includes('apt-get install'))
    assert.equal(installs.length, 1)
    assert.match(
      installs[0] ?? '',
      /apt-get upgrade -y .*--no-install-recommends .*rm -rf \/var\/lib\/apt\/lists\/\*/,
    )
  })

  it('sends to the engine what the build reads, and nothing else', () => {
    const lines = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    assert.equal(lines[0], '*')
    const sent = lines.slice(1).map((line) => line.replace(/^!/, ''))
    for (const name of ['src', 'scripts', 'packaging', 'templates', 'package-lock.json', 'tsconfig.json'])
      assert.ok(sent.includes(name), name)
    assert.ok(!sent.some((name) => ['.git', 'node_modules', 'dist', 'test'].includes(name)))
  })
})
