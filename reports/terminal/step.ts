/** What a phase is doing, as its test tells the reporter while it runs: by an artifact, Vitest's own means for that. */

/**
 * `control`: its control is being made, by itself or another; `wait`: for a slot; `set up`: a server where there is none, a fresh
 * database, the subject on it; `inject`: to its moment, and the strike; `observe`; `restore`: heal, delete telemetry, restore;
 * `repeat`: again, for its latency.
 */
export type Step = 'control' | 'wait' | 'set up' | 'inject' | 'observe' | 'restore' | 'repeat';

export const STEP = 'bystander:step';

interface StepArtifact {
	readonly type: typeof STEP;
	readonly step: Step;
}

declare module 'vitest' {
	interface TestArtifactRegistry {
		[STEP]: StepArtifact;
	}
}
