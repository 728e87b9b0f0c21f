/** What stands in the way of publishing: the last look before something leaves the house. Pure. */
import {chart, chartValues, hasOwner, kustomization, lockFile, type Manifest} from './places.js'

export type Candidate = {
  readonly manifest: Manifest & {readonly author: string}
  /** The text of package-lock.json. */
  readonly lock: string
  /** The text of deploy/balancer/kustomization.yaml. */
  readonly deployment: string
  /** The texts of Chart.yaml and values.yaml in deploy/helm/lbex. */
  readonly chart: string
  readonly chartValues: string
  /** Names of the changesets that no version has taken up. */
  readonly changesets: readonly string[]
  /** Of this version; undefined where CHANGELOG.md has none. */
  readonly notes: string | undefined
  /** `v2.0.0`; undefined in a dry run. */
  readonly tag: string | undefined
}

/** One sentence each, with what to do; none where it may be published. */
export function obstaclesOf(candidate: Candidate): string[] {
  const {manifest, lock, deployment, changesets, notes, tag} = candidate
  const {version} = manifest
  const obstacles = [
    [
      !hasOwner(manifest),
      'package.json still names OWNER as the home of lbex: docs/releasing.md says what to set once',
    ],
    [manifest.author.includes('.invalid'), 'package.json: author is to have an address that can be reached'],
    [
      tag !== undefined && tag !== `v${version}`,
      `the tag is ${tag}, and package.json says ${version}: tag the commit of npm run release:version`,
    ],
    [
      changesets.length > 0,
      `not taken up: ${changesets.map((name) => `.changeset/${name}`).join(', ')}: run npm run release:version`,
    ],
    [notes === undefined, `CHANGELOG.md has no part for ${version}: run npm run release:version`],
    [
      lockFile(lock, manifest) !== lock,
      `package-lock.json does not say ${version}: run npm run release:version`,
    ],
    [
      kustomization(deployment, manifest) !== deployment,
      'deploy/balancer/kustomization.yaml names another image: run npm run release:version',
    ],
    [
      chart(candidate.chart, manifest) !== candidate.chart,
      'deploy/helm/lbex/Chart.yaml has another version: run npm run release:version',
    ],
    [
      chartValues(candidate.chartValues, manifest) !== candidate.chartValues,
      'deploy/helm/lbex/values.yaml names another image: run npm run release:version',
    ],
  ] as const
  return obstacles.flatMap(([stands, sentence]) => (stands ? [sentence] : []))
}
