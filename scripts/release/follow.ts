/**
 * The second half of npm run release:version. changesets has written the next version into package.json and a part of
 * CHANGELOG.md; every other file that says the version follows. Commits nothing.
 */
import {execFileSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {chart, chartValues, kustomization, lockFile, type Manifest} from './places.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Manifest
rewrite('package-lock.json', lockFile)
rewrite('deploy/balancer/kustomization.yaml', kustomization)
rewrite('deploy/helm/lbex/Chart.yaml', chart)
rewrite('deploy/helm/lbex/values.yaml', chartValues)
run('npm', 'run', '--silent', 'docs')
const quietly = ['--log-level', 'warn', '--no-error-on-unmatched-pattern']
run('node_modules/.bin/prettier', '--write', ...quietly, 'package.json', 'CHANGELOG.md')

function rewrite(path: string, change: (text: string, manifest: Manifest) => string): void {
  writeFileSync(root + path, change(readFileSync(root + path, 'utf8'), manifest))
}

function run(command: string, ...parameters: string[]): void {
  execFileSync(command, parameters, {cwd: root, stdio: ['ignore', 'ignore', 'inherit']})
}
