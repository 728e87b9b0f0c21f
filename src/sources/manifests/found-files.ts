/** Options and result of a search for manifests. */
export type FoundFile = {
  /** Displayed name: the path as given, or below the folder as given. */
  readonly file: string
  /** Absolute. */
  readonly path: string
  /** A pipe (`-f <(helm template …)`) can be read only once. */
  readonly isPipe: boolean
  /** True for a link, or the target of one, that leads out of the given folder and its repository. */
  readonly isOutside?: true
}

export type FoundFiles = {
  readonly files: readonly FoundFile[]
  /** The searched folders, absolute. */
  readonly folders: readonly string[]
}

export type FindOptions = {
  /** Absolute; the base of relative paths. */
  readonly cwd: string
  /** Whether the Failures are temporary: a file that existed before may come back. */
  readonly temporary: boolean
}
