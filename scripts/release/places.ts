/** The files that say the version and the home of lbex beside package.json, and what they are to say. Pure. */

export type Manifest = {
  readonly name: string
  readonly version: string
  readonly repository: {readonly url: string}
}

/** Owner and name of the repository of package.json, with a slash between. Throws where it is none of GitHub. */
export function repositoryOf({repository}: Manifest): string {
  const name = /^git\+https:\/\/github\.com\/([\w.-]+\/[\w.-]+?)\.git$/.exec(repository.url)?.[1]
  if (name === undefined)
    throw new Error(
      `package.json: repository.url is to be git+https://github.com/OWNER/NAME.git, not ${repository.url}`,
    )
  return name
}

/** OWNER is the placeholder until the project has an owner. */
export function hasOwner(manifest: Manifest): boolean {
  return !repositoryOf(manifest).startsWith('OWNER/')
}

/** The image that a release publishes; undefined as long as the repository has no owner. */
export function imageOf(manifest: Manifest): string | undefined {
  return hasOwner(manifest) ? `ghcr.io/${repositoryOf(manifest).toLowerCase()}` : undefined
}

/** Kustomize requires a name: this one is in no registry, and says what to do where Kubernetes reports that it cannot pull it. */
const NO_IMAGE = 'set-the-image-of-lbex.invalid/lbex'

/** package-lock.json, with the version of package.json. */
export function lockFile(text: string, {version}: Manifest): string {
  const lock = JSON.parse(text) as {version: string; packages: Record<string, {version: string}>}
  lock.version = version
  if (lock.packages['']) lock.packages[''].version = version
  return `${JSON.stringify(lock, undefined, 2)}\n`
}

/** deploy/balancer/kustomization.yaml, with the image of this version. */
export function kustomization(text: string, manifest: Manifest): string {
  return text
    .replace(/^( *newName: ).*$/m, `$1${imageOf(manifest) ?? NO_IMAGE}`)
    .replace(/^( *newTag: ).*$/m, `$1${manifest.version}`)
}

/** deploy/helm/lbex/Chart.yaml, with the version of package.json. */
export function chart(text: string, {version}: Manifest): string {
  return text.replace(/^(version|appVersion): .*$/gm, `$1: ${version}`)
}

/** deploy/helm/lbex/values.yaml, with the image of the release; without an image as long as there is none. */
export function chartValues(text: string, manifest: Manifest): string {
  return text.replace(/^( {2}repository: ).*$/m, `$1${imageOf(manifest) ?? "''"}`)
}
