import fc from "fast-check";
import { expect, test } from "vitest";
import { circle, exp, log, pow } from "../src/numeric/elementary.ts";

const close = (ours: number, theirs: number, ulps: number) =>
  ours === theirs || Math.abs(ours - theirs) <= ulps * Number.EPSILON * Math.abs(theirs) + Number.MIN_VALUE;

test("exp and log are those of the platform, to about the last bit", () => {
  fc.assert(
    fc.property(fc.double({ min: -740, max: 709, noNaN: true }), (x) =>
      close(exp(x), Math.exp(x), x < -708 ? 1e9 : 2),
    ),
  );
  fc.assert(
    fc.property(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (x) =>
      close(log(x), Math.log(x), 2),
    ),
  );
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.double({ min: -9, max: 9, noNaN: true }),
      (x, y) => close(pow(x, y), x ** y, 400),
    ),
  );
});

test("the edges of the range", () => {
  expect([exp(0), exp(800), exp(-800), exp(Number.NaN)]).toEqual([1, Infinity, 0, Number.NaN]);
  expect([log(1), log(0), log(-1), log(Infinity)]).toEqual([0, -Infinity, Number.NaN, Infinity]);
});

test("sines and cosines of turns", () => {
  fc.assert(
    fc.property(fc.double({ min: -100, max: 100, noNaN: true }), (t) => {
      const { sin, cos } = circle(t);
      return (
        Math.abs(sin - Math.sin(2 * Math.PI * t)) < 1e-12 && Math.abs(cos - Math.cos(2 * Math.PI * t)) < 1e-12
      );
    }),
  );
});
