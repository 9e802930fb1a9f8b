/** A figure over clusters of values, where the i-th cluster counts `times[i]` times; undefined where nothing measures it. */
export type Statistic = (times: ArrayLike<number>) => number | undefined;
