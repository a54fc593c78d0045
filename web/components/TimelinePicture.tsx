import { useEffect, useRef, useState } from 'react';
import { layOutTimeline, type TimelineDays, type TimelineMark, wordTimeline } from '../timeline.ts';

const LINE = 62;
const LEVEL = { '-2': 14, '-1': 38, 1: 92, 2: 116 } as const;

/** A duty's days on a line, drawn to scale in the room there is. */
export function TimelinePicture(days: TimelineDays) {
  const { box, width } = useWidth();
  const { marks, stretches } = layOutTimeline(days, width);
  return (
    <figure className="mu-timeline" ref={box}>
      <svg width={width} height={124} role="img" aria-label={wordTimeline(days)}>
        {stretches.map(({ kind, from, to }) => (
          <rect
            key={kind}
            className={`mu-stretch--${kind}`}
            x={from}
            y={LINE - 5}
            width={Math.max(to - from, 1)}
            height={10}
          />
        ))}
        {marks.map((mark) => (
          <Mark key={mark.name} mark={mark} />
        ))}
      </svg>
    </figure>
  );
}

function Mark({ mark }: { readonly mark: TimelineMark }) {
  const y = LEVEL[mark.level];
  return (
    <g className="mu-mark">
      <line x1={mark.x} x2={mark.x} y1={LINE} y2={mark.level < 0 ? y + 5 : y - 14} />
      <circle cx={mark.x} cy={LINE} r={5} />
      <text x={mark.x} y={y} textAnchor={mark.anchor}>
        <tspan className="mu-mark-name">{mark.name}</tspan> {mark.day}
      </text>
    </g>
  );
}

function useWidth() {
  const box = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(640);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.max(Math.floor(entry.contentRect.width), 200));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { box, width };
}
