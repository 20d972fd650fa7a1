/// Reads the curve out under the pointer. The page is complete without it.
enum ReportScript {
  /// Nothing in it is special to XML.
  static let javaScript: HTML = #"""
    (() => {
      const chart = document.getElementById("chart");
      if (!chart) return;
      const curve = document.getElementById("curve");
      const cursor = document.getElementById("cursor");
      const readout = document.getElementById("readout");
      const points = Array.from(curve.points);
      const width = curve.ownerSVGElement.viewBox.baseVal.width;
      const duration = Number(curve.dataset.milliseconds);
      const clipTime = milliseconds => {
        const tenths = Math.floor(milliseconds / 100);
        const pad = number => String(number).padStart(2, "0");
        const hours = Math.floor(tenths / 36000), minutes = Math.floor(tenths / 600) % 60;
        const start = hours > 0 ? hours + ":" + pad(minutes) : String(minutes);
        return start + ":" + pad(Math.floor(tenths / 10) % 60) + "." + tenths % 10;
      };
      const hide = () => { cursor.setAttribute("visibility", "hidden"); readout.textContent = ""; };
      chart.addEventListener("pointerleave", hide);
      chart.addEventListener("pointermove", event => {
        const frame = chart.getBoundingClientRect();
        const place = (event.clientX - frame.left) / frame.width * width;
        let low = 0, high = points.length - 1;
        while (high > low) {
          const middle = (low + high) >> 1;
          if (place > points[middle].x) low = middle + 1; else high = middle;
        }
        const before = points[Math.max(low - 1, 0)];
        if (points[low].x - place > place - before.x) low = Math.max(low - 1, 0);
        const point = points[low];
        if (Math.abs(point.x - place) > width / 100) { hide(); return; }
        const x = point.x / width * 100 + "%";
        cursor.setAttribute("x1", x);
        cursor.setAttribute("x2", x);
        cursor.setAttribute("visibility", "visible");
        const regularity = Math.floor((1000 - point.y) / 10 + 1e-9) / 100;
        readout.textContent = clipTime(point.x / width * duration) + " · regularity " + regularity.toFixed(2);
      });
    })();
    """#
}
