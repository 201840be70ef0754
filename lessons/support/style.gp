# The style of all figures: gnuplot reads it before each panel.
reset
set encoding utf8
ink = '#303030'

# Okabe & Ito's colours, told apart by the colour-blind, in an order of varying lightness; dashes and
# marks differ as well, for print in grey: disc, square, triangle, diamond, triangle down, ring, box.
set linetype 1 lc rgb '#0072B2' dt 1             pt 7
set linetype 2 lc rgb '#D55E00' dt (15,7)        pt 5
set linetype 3 lc rgb '#009E73' dt (5,6)         pt 9
set linetype 4 lc rgb '#CC79A7' dt (20,6,5,6)    pt 13
set linetype 5 lc rgb '#E69F00' dt (30,8)        pt 11
set linetype 6 lc rgb '#56B4E9' dt (10,5,3,5)    pt 6
set linetype 7 lc rgb '#000000' dt (3,5)         pt 4
set linetype cycle 7

set title font ',23' noenhanced
set xlabel noenhanced
set ylabel noenhanced
set cblabel noenhanced
set tics nomirror out scale 0.6
set border 3 lc rgb ink lw 1.5
set grid lc rgb '#E4E4E4' lw 1.2 lt 1
set style fill solid 0.85 border lc rgb ink
set key inside top right Left reverse samplen 2.5 spacing 1.15 noenhanced opaque fillcolor rgb '#50FFFFFF'

set lmargin -1
set rmargin 3
set bmargin 4  # neighbours in line

# The series: their colours, dashes and marks are those of the line types. Marks are of another unit in SVG: the
# variable `mark` evens that out.
line = "lines lw 3.5"
points = "points"
line_points = "linespoints lw 3 ps 1.7 * mark"
bars = "boxes lw 1"
set boxwidth 0.9 relative
band = "filledcurves fs transparent solid 0.25 noborder"
arrows = "vectors filled head size graph 0.03,20 dt 1"

# Reference lines across the axes, labelled with the variable `name`.
set style arrow 1 nohead lw 2 dt 3 lc rgb ink front
horizontal(v) = sprintf("set arrow from graph 0, first %.9g to graph 1, first %.9g as 1; set label name at \
graph 0.99, first %.9g right offset 0,-0.7 noenhanced tc rgb ink front", v, v, v)
vertical(v) = sprintf("set arrow from first %.9g, graph 0 to first %.9g, graph 1 as 1; set label name at \
first %.9g, graph 0.98 right rotate by 90 offset -0.9,0 noenhanced tc rgb ink front", v, v, v)

# Pictures of columns x rows pixels, the first at the top left, have no axes.
picture(columns, rows) = sprintf("set border 0 lc rgb 'black'; unset grid; set key off; set tics scale 0; \
set style fill solid 1; set rmargin -1; set xrange [-0.5:%g]; set yrange [%g:-0.5]", columns - 0.5, rows - 0.5)
# An image of columns x rows px, centred in its panel with the room around it that its labels need.
place(left, right, top, bottom, columns, rows) = place_at( \
    panel_left + left + (panel_width - left - columns - right) / 2, \
    panel_top + top + (panel_height - top - rows - bottom) / 2, columns, rows)
place_at(x, y, columns, rows) = sprintf("set lmargin at screen %f; set rmargin at screen %f; set tmargin at screen %f; \
set bmargin at screen %f; set colorbox user origin screen %f, graph 0 size screen %f, graph 1", \
x / width, (x + columns) / width, 1 - y / height, 1 - (y + rows) / height, (x + columns + 18) / width, 22 / width)
tile_frame(x, y, columns, rows) = sprintf("set object rectangle from %f, %f to %f, %f front fs empty border lc rgb '#A0A0A0'", \
x - 0.75, y - 0.75, x + columns - 0.25, y + rows - 0.25)
grey = "set palette grey; set cbrange [0:1]; set cbtics 0.5"
# The negative end is darker than the positive one: in print without colour the sign can still be told.
round2(x) = floor(100 * x + 0.5) / 100.0
diverging(most) = sprintf("set palette defined (-1 '#08306B', -0.5 '#4A90C4', 0 '#FFFFFF', 0.5 '#F4A582', \
1 '#D6402B'); set cbrange [%g:%g]; set cbtics ('%g' %g, '0' 0, '%g' %g)", \
-most, most, -round2(most), -most, round2(most), most)
blues = "set autoscale cbfix; set palette defined (0 '#F7FBFF', 0.5 '#9ECAE1', 1 '#4292C6')"
